package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/boombuler/barcode/qr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// atATMs is a remittance whose numbers are out, behind a link with one code.
func atATMs(t *testing.T) (site, link.Token, doc) {
	t.Helper()
	s := open(t, web.Options{})
	view := webtest.Only(webtest.Choice(noon, ""), remittance.RailATM)
	webtest.Issued(&view, noon)
	token := s.Add(view, member)
	d := s.get(t, path(token), "ja")
	require.Equal(t, "ATMで現金を受け取る番号", d.heading())
	return s, token, d
}

// opened proves the code that the numbers are shown for.
func (s site) opened(t *testing.T, d doc) doc {
	t.Helper()
	codes := s.submit(t, d, "show", nil)
	require.NotContains(t, codes.Body.String(), "511", "the link alone is not enough")
	return s.submit(t, codes, "", map[string]string{"code1": "1234"})
}

func TestNumbersAreMaskedUntilTheyAreOpened(t *testing.T) {
	s, _, d := atATMs(t)
	assert.NotContains(t, d.Body.String(), "511")
	assert.NotContains(t, d.Body.String(), `class="ink"`)
	assert.Contains(t, d.main(), "2026年12月6日（日）12:00", "until when")
	for _, step := range []string{"「お受け取り」を選びます", "3つの番号を順に入力します", "12,800円であることを確認", "現金を受け取ります"} {
		assert.Contains(t, d.main(), step)
	}
	d = s.opened(t, d)
	for _, number := range []string{"提携先コード0181", "お客さま番号511 000 100", "確認番号406 600"} {
		assert.Contains(t, d.main(), number)
	}
	assert.NotNil(t, d.find("dd", "data-copy", "511000100"), "a copy has no gaps")
	assert.Equal(t, "no-store", d.Header().Get("Cache-Control"))
	assert.NotContains(t, s.log.String(), "511000100")
	assert.NotContains(t, s.log.String(), "406600")
}

func TestTheQRCodeSaysTheNumbers(t *testing.T) {
	s, _, d := atATMs(t)
	d = s.opened(t, d)
	ink := d.find("path", "class", "ink")
	require.NotNil(t, ink)
	dark := drawn(t, attr(ink, "d"))
	want, err := qr.Encode("SOUKIN-ATM:0181/511000100/406600", qr.M, qr.AlphaNumeric)
	require.NoError(t, err)
	side := want.Bounds().Dx()
	size := strconv.Itoa(side + 8)
	assert.Contains(t, d.Body.String(), `viewBox="0 0 `+size+" "+size+`"`, "four white modules on every side")
	for y := range side {
		for x := range side {
			r, _, _, _ := want.At(x, y).RGBA()
			require.Equal(t, r == 0, dark[[2]int{x + 4, y + 4}], "module %d,%d", x, y)
			delete(dark, [2]int{x + 4, y + 4})
		}
	}
	assert.Empty(t, dark)
}

// drawn reads the modules that a path of "Mx yhNv1h-Nz" fills.
func drawn(t *testing.T, d string) map[[2]int]bool {
	t.Helper()
	out := map[[2]int]bool{}
	for _, part := range strings.Split(strings.TrimPrefix(d, "M"), "M") {
		numbers := strings.FieldsFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		require.Len(t, numbers, 5, part)
		x, _ := strconv.Atoi(numbers[0])
		y, _ := strconv.Atoi(numbers[1])
		run, _ := strconv.Atoi(numbers[2])
		for i := range run {
			out[[2]int{x + i, y}] = true
		}
	}
	return out
}

func TestNewNumbersOncePerForm(t *testing.T) {
	s, token, d := atATMs(t)
	shown := s.opened(t, d)
	assert.Contains(t, shown.main(), "あと2回")
	fresh := s.submit(t, shown, "reissue", nil)
	require.Equal(t, http.StatusOK, fresh.Code)
	assert.Contains(t, fresh.main(), "新しい番号を発行しました。前の番号は使えません。")
	assert.Contains(t, fresh.main(), "511 000 101")
	again := s.submit(t, shown, "reissue", nil)
	assert.Contains(t, again.main(), "511 000 101", "sending the form twice uses up one")
	assert.Equal(t, 1, s.Now(token).Cash.ReissuesLeft)
	last := s.submit(t, fresh, "reissue", nil)
	assert.Contains(t, last.main(), "511 000 102")
	assert.Nil(t, last.find("button", "value", "reissue"))
	assert.Contains(t, last.main(), "これ以上は発行できません。東京チケットにお問い合わせください")
	forced := s.post(t, path(token)+"/reissue", url.Values{"proof": {last.value("proof")}, "left": {"0"}})
	assert.Equal(t, http.StatusConflict, forced.Code)
	assert.Contains(t, textOf(forced.byID("notice")), "新しい番号を発行できませんでした")
	assert.Zero(t, s.Now(token).Cash.ReissuesLeft)
}

func TestNoNewNumbersForTheLinkAlone(t *testing.T) {
	s, token, d := atATMs(t)
	before := s.Now(token)
	codes := s.submit(t, d, "reissue", nil)
	assert.NotNil(t, codes.find("input", "name", "code1"))
	assert.Equal(t, before, s.Now(token))
	proved := s.submit(t, codes, "", map[string]string{"code1": "1234"})
	assert.Equal(t, before, s.Now(token), "the codes open the numbers; new ones take another press")
	s.ForgetProofs(token)
	assert.Contains(t, s.submit(t, proved, "reissue", nil).main(), "もう一度ご本人の確認")
	assert.Equal(t, before, s.Now(token))
}

func TestLockedNumbers(t *testing.T) {
	s, token, d := atATMs(t)
	shown := s.opened(t, d)
	s.Change(token, func(v *web.View) {
		cash := *v.Cash
		cash.Locked = true
		v.Cash = &cash
	})
	locked := s.submit(t, shown, "show", nil)
	assert.Equal(t, "番号がロックされています", locked.heading())
	assert.NotContains(t, locked.Body.String(), "511", "numbers that open nothing only confuse")
	fresh := s.submit(t, locked, "reissue", nil)
	assert.Equal(t, "ATMで現金を受け取る番号", fresh.heading())
	assert.Contains(t, fresh.main(), "511 000 101")
}

func TestNumbersThatAreNoMore(t *testing.T) {
	for name, change := range map[string]func(*web.View){
		"現金の受け取りが完了しました":  func(v *web.View) { webtest.Settled(v, remittance.RailATM, "", noon) },
		"ATMでの受取期限が過ぎました": func(v *web.View) { v.Cash, v.Status = nil, remittance.Expired },
		"送金は取り消されました":     func(v *web.View) { v.Cash, v.Status = nil, remittance.Cancelled },
	} {
		s, token, d := atATMs(t)
		shown := s.opened(t, d)
		s.Change(token, change)
		for _, button := range []string{"show", "reissue"} {
			over := s.submit(t, shown, button, nil)
			assert.Equal(t, name, over.heading())
			assert.NotContains(t, over.Body.String(), "511 000")
		}
		assert.Equal(t, name, s.get(t, path(token), "ja").heading())
	}
	s, token, d := atATMs(t)
	shown := s.opened(t, d)
	s.Change(token, func(v *web.View) {
		v.Ways = webtest.Choice(noon, "").Ways
		webtest.Failed(v, remittance.RailATM, remittance.NumbersLocked, noon)
	})
	assert.Equal(t, "受け取り方法を選ぶ", s.submit(t, shown, "show", nil).heading(), "the other ways are open instead")
}

// The cash may be taken between the look and the answer.
func TestNumbersTakenWhileTheyAreAskedFor(t *testing.T) {
	s, token, d := atATMs(t)
	shown := s.opened(t, d)
	var wg sync.WaitGroup
	codes := make([]doc, 8)
	for i := range codes {
		wg.Go(func() {
			if i == 4 {
				s.Change(token, func(v *web.View) { webtest.Settled(v, remittance.RailATM, "", noon) })
			}
			codes[i] = s.submit(t, shown, []string{"show", "reissue"}[i%2], nil)
		})
	}
	wg.Wait()
	for _, d := range codes {
		assert.Contains(t, []int{http.StatusOK, http.StatusConflict}, d.Code)
		assert.Contains(t, []string{"ATMで現金を受け取る番号", "現金の受け取りが完了しました"}, d.heading())
	}
}
