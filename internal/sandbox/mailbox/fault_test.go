package mailbox_test

import (
	"io"
	"net/http"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/mailbox"
)

func TestFaultsHurtAsTheySay(t *testing.T) {
	for _, tt := range []struct {
		does     mailbox.Does
		smtpCode int // 0: the connection is cut
		smsCode  int
		kept     int
	}{
		{mailbox.Later, 450, 429, 0},
		{mailbox.Refuse, 550, 422, 0},
		{mailbox.LaterAfter, 451, 429, 0},
		{mailbox.RefuseAfter, 554, 422, 0},
		{mailbox.CutBefore, 0, 0, 0},
		{mailbox.CutAfter, 0, 0, 1},
	} {
		t.Run(string(tt.does), func(t *testing.T) {
			f := fresh(t, nil)
			require.NoError(t, f.SetFaults(mailbox.Fault{Does: tt.does, Times: 2}))

			err := smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{"hanako@example.test"}, mail("Subject: x", "x"))
			var reply *textproto.Error
			if tt.smtpCode == 0 {
				require.Error(t, err)
				assert.NotErrorAs(t, err, &reply)
			} else {
				require.ErrorAs(t, err, &reply)
				assert.Equal(t, tt.smtpCode, reply.Code)
			}
			assert.Len(t, f.list(t, "?kind=mail"), tt.kept)

			status, _, err := f.sms(t, "", `{"to":"+819012345678","text":"x"}`)
			assert.Equal(t, tt.smsCode, status)
			assert.Equal(t, tt.smsCode == 0, err != nil, "%v", err)
			assert.Len(t, f.list(t, "?kind=sms"), tt.kept)

			assert.Equal(t, map[mailbox.Does]int{tt.does: 2}, f.Fired())
			f.send(t, "hanako@example.test", mail("Subject: x", "x"))
			assert.Len(t, f.list(t, "?kind=mail"), tt.kept+1, "the fault is used up")
		})
	}
}

func TestFaultsCanBeForOneRecipient(t *testing.T) {
	f := fresh(t, nil)
	require.NoError(t, f.SetFaults(mailbox.Fault{Does: mailbox.Refuse, To: "Hanako@example.test"}))
	f.send(t, "taro@example.test", mail("Subject: x", "x"))
	for range 3 {
		assert.ErrorContains(t, smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{"hanako@example.test"}, mail("Subject: x", "x")), "550")
	}
}

func TestMagicRecipientsAlwaysFail(t *testing.T) {
	f := fresh(t, nil)
	for to, want := range map[string]string{
		"later@shop.test": "450", "Refuse@example.test": "550", "later-after@x.test": "451", "refuse-after@x.test": "554",
		"cut-before@x.test": "EOF", "cut-after@x.test": "EOF",
	} {
		err := smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{to}, mail("Subject: x", "x"))
		if want == "EOF" {
			assert.Error(t, err, to)
			continue
		}
		assert.ErrorContains(t, err, want, to)
	}
	assert.Len(t, f.list(t, ""), 1, "only cut-after keeps what it took")
	for number, want := range map[string]int{"+819000000450": 429, "+819000000550": 422, "+819000000998": 0, "+819000000999": 0} {
		status, _, err := f.sms(t, "", `{"to":"`+number+`","text":"x"}`)
		assert.Equal(t, want, status, number)
		assert.Equal(t, want == 0, err != nil, number)
	}
	assert.Len(t, f.list(t, "?kind=sms"), 1)
}

func TestFaultsAreSetOverHTTP(t *testing.T) {
	f := fresh(t, nil)
	put := func(body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, f.web.URL+"/mailbox/api/faults", strings.NewReader(body))
		require.NoError(t, err)
		resp, err := f.web.Client().Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(answer)
	}
	status, answer := put(`{"faults":[{"does":"later","to":"hanako@example.test","times":1}]}`)
	require.Equal(t, http.StatusOK, status, answer)
	assert.Error(t, smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{"hanako@example.test"}, mail("Subject: x", "x")))
	_, body, _ := f.get(t, "/mailbox/api/faults", "")
	assert.JSONEq(t, `{"faults":[],"fired":{"later":1}}`, body)

	for body, want := range map[string]string{
		`{"faults":[{"does":"explode"}]}`:           "must be one of",
		`{"faults":[{"does":"refuse","times":-1}]}`: "must not be negative",
		`{`: "must be JSON",
		`{"faults":[{"does":"refuse"},{"does":""}]}`: "must be one of",
	} {
		status, answer := put(body)
		assert.Equal(t, http.StatusBadRequest, status, body)
		assert.Contains(t, answer, want)
	}
	f.send(t, "hanako@example.test", mail("Subject: x", "x"))
}
