package mailbox_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var loads = regexp.MustCompile(`(?:src|href|action)="([^"]*)"`)

func TestThePagesShowWhatArrived(t *testing.T) {
	f := fresh(t, nil)
	status, body, _ := f.get(t, "/mailbox/", "ja")
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "まだ何も届いていません。")

	f.send(t, "hanako@example.test", mail("Subject: Refund\r\nContent-Type: multipart/alternative; boundary=b",
		"--b\r\nContent-Type: text/plain\r\n\r\nGo to https://pay.test/r/abc. Soon.\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Go <a href=\"https://pay.test/r/abc\">here</a></p>\r\n--b--\r\n"))
	id := f.list(t, "")[0].ID

	for lang, want := range map[string][]string{"ja": {`<html lang="ja">`, "サンドボックスの受信箱"}, "en-GB,en": {`<html lang="en">`, "Sandbox mailbox"}, "fr": {`<html lang="ja">`}} {
		_, body, header := f.get(t, "/mailbox/", lang)
		for _, w := range append(want, "Refund", "hanako@example.test", "2026-11-21 12:04:05", `href="/mailbox/`+id+`"`, `name="viewport"`) {
			assert.Contains(t, body, w, lang)
		}
		assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	}

	_, body, _ = f.get(t, "/mailbox/"+id, "en")
	assert.Contains(t, body, `<a href="https://pay.test/r/abc">https://pay.test/r/abc</a>. Soon.`)
	assert.Contains(t, body, `sandbox="allow-top-navigation-by-user-activation`)
	assert.NotContains(t, body, "<p>Go ", "the HTML part is only in its frame")
	for _, m := range loads.FindAllStringSubmatch(body, -1) {
		assert.True(t, strings.HasPrefix(m[1], "/mailbox/") || m[1] == "https://pay.test/r/abc", "the page refers to %s", m[1])
	}

	status, body, header := f.get(t, "/mailbox/"+id+"/html", "")
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `<base target="_top"><p>Go <a href="https://pay.test/r/abc">here</a></p>`)
	policy := header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "default-src 'none'")
	assert.Contains(t, policy, "sandbox ")
	assert.NotContains(t, policy, "allow-scripts")
	assert.NotContains(t, policy, "allow-same-origin")

	status, body, header = f.get(t, "/mailbox/style.css", "")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "text/css; charset=utf-8", header.Get("Content-Type"))
	assert.NotContains(t, body, "url(")
	for _, path := range []string{"/mailbox/none", "/mailbox/none/html", "/mailbox/none/raw"} {
		status, body, _ = f.get(t, path, "en")
		assert.Equal(t, http.StatusNotFound, status)
		assert.Contains(t, body, "There is no such message.")
	}
}

func TestAMessageCannotBreakThePage(t *testing.T) {
	f := fresh(t, nil)
	evil := `"><script>alert(1)</script> https://evil.test/"onmouseover="alert(2)`
	f.send(t, "hanako@example.test", mail("Subject: "+evil, evil))
	status, _, err := f.sms(t, "", `{"to":"+819012345678","text":"<img src=https://evil.test/x onerror=alert(1)>"}`)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, status)
	paths := []string{"/mailbox/", `/mailbox/?to=%22%3E%3Cscript%3E`}
	for _, m := range f.list(t, "") {
		paths = append(paths, "/mailbox/"+m.ID)
	}
	for _, path := range paths {
		_, body, _ := f.get(t, path, "ja")
		assert.NotContains(t, body, "<script", path)
		assert.NotContains(t, body, "<img", path)
		assert.NotRegexp(t, `<a [^>]*onmouseover`, body, path)
	}
}

func TestTheListHasPages(t *testing.T) {
	f := fresh(t, nil)
	for i := range 51 {
		status, _, err := f.sms(t, "", fmt.Sprintf(`{"to":"+819012345678","text":"no %d."}`, i))
		require.NoError(t, err)
		require.Equal(t, http.StatusAccepted, status)
	}
	_, body, _ := f.get(t, "/mailbox/?to=%2B819012345678", "en")
	assert.Contains(t, body, "no 50.")
	assert.NotContains(t, body, "no 0.")
	older := regexp.MustCompile(`href="(/mailbox/\?to=[^"]*before=[^"]*)"`).FindStringSubmatch(body)
	require.NotNil(t, older, body)
	_, body, _ = f.get(t, strings.ReplaceAll(older[1], "&amp;", "&"), "en")
	assert.Contains(t, body, "no 0.")
	assert.NotContains(t, body, "no 50.")
	assert.Contains(t, body, "Back to the newest")
}
