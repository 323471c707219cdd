package demo

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// site is the real pages on remittances in memory.
type site struct {
	*webtest.Fake
	server *httptest.Server
}

func open(t *testing.T) site {
	t.Helper()
	fake := webtest.New(time.Now)
	pages, err := web.Pages(fake, web.Options{Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return site{fake, server}
}

func (s site) visit(t *testing.T, who string, token link.Token, codes ...string) error {
	t.Helper()
	return s.visitAs(t, people[who], &memory{}, token, codes...)
}

func (s site) visitAs(t *testing.T, who person, m *memory, token link.Token, codes ...string) error {
	t.Helper()
	v := visit{browser: browser{s.server.Client()}, memory: m, person: who, codes: codes, secrets: newSecrets(), cancel: func(context.Context) error {
		s.Change(token, func(v *web.View) {
			v.Open, v.Status, v.Reason = false, remittance.Cancelled, remittance.CancelledByUs
		})
		return nil
	}}
	return v.run(context.Background(), s.server.URL+"/r/"+token.Reveal())
}

func TestRecipientsNameTheirAccounts(t *testing.T) {
	tests := []struct {
		who    string
		codes  []string
		number string // as the bank gets it
		name   string
	}{
		{"L-01", []string{"1234"}, "1234567", "ﾔﾏﾀﾞ ﾊﾅｺ"},
		{"L-02", nil, "1234567", "ｼﾞﾖﾝ ｽﾐｽ"},
		{"L-03", []string{"5678"}, "2345678", "ｻﾄｳ ｹﾝ"},
		{"L-04", nil, "9000022", "ｽｽﾞｷ ｲﾁﾛ-"},
	}
	for _, tt := range tests {
		t.Run(tt.who, func(t *testing.T) {
			s := open(t)
			var codes []webtest.Code
			for _, c := range tt.codes {
				codes = append(codes, webtest.Code{Label: "code", Value: c})
			}
			token := s.Add(webtest.Example(time.Now()), codes...)
			require.NoError(t, s.visit(t, tt.who, token, tt.codes...))
			named := s.Named(token)
			require.Len(t, named, 1)
			assert.Equal(t, tt.number, named[0].Number())
			assert.Equal(t, tt.name, named[0].Name())
			require.NoError(t, s.visit(t, tt.who, token, tt.codes...), "looking again changes nothing")
			assert.Len(t, s.Named(token), 1)
		})
	}
}

func TestARecipientNamesAnotherAccountAfterAReturn(t *testing.T) {
	s := open(t)
	token := s.Add(webtest.Example(time.Now()))
	s.Change(token, func(v *web.View) { webtest.Returned(v, remittance.NameMismatch, time.Now()) })
	require.NoError(t, s.visit(t, "L-04", token))
	require.Len(t, s.Named(token), 1)
	assert.Equal(t, "3456789", s.Named(token)[0].Number())
}

func TestRecipientsWhoGetNothing(t *testing.T) {
	s := open(t)
	declined := s.Add(webtest.Example(time.Now()))
	require.NoError(t, s.visit(t, "L-06", declined))
	assert.Equal(t, remittance.DeclinedReason, s.Now(declined).Reason)

	late := s.Add(webtest.Example(time.Now()))
	require.NoError(t, s.visit(t, "L-07", late))
	assert.Empty(t, s.Named(late), "the merchant was first")
	assert.Equal(t, remittance.CancelledByUs, s.Now(late).Reason)
}

func TestAVisitThatCannotGoOnSaysSoWithoutTheLink(t *testing.T) {
	s := open(t)
	token := s.Add(webtest.Example(time.Now()), webtest.Code{Label: "code", Value: "right"})
	s.Fail(errors.New("the database is away"))
	err := s.visit(t, "L-02", token)
	require.ErrorContains(t, err, "503")
	s.Fail(nil)

	mistaken := s.Add(webtest.Example(time.Now()))
	v := visit{browser: browser{s.server.Client()}, memory: &memory{}, person: person{tries: atBank(account{bank: "0001", bankCode: "0001", branch: "001", branchCode: "001", kind: "1", number: "1", name: "山田"})}}
	require.ErrorContains(t, v.run(context.Background(), s.server.URL+"/r/"+mistaken.Reveal()), "every try was refused")
	s.server.Close()
	err = s.visit(t, "L-02", token)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), token.Reveal())
}

func TestABrowserCannotFillWhatIsNotThere(t *testing.T) {
	s := open(t)
	b := browser{&http.Client{}}
	p, err := b.open(context.Background(), s.server.URL+"/r/"+s.Add(webtest.Example(time.Now())).Reveal())
	require.NoError(t, err)
	for name, value := range map[string]string{"code1": "x", "bank": "0001", "type": "7"} {
		_, err := b.submit(context.Background(), p, "check", map[string]string{name: value})
		assert.ErrorContains(t, err, "no field "+name)
	}
	_, err = b.press(context.Background(), p, "nowhere")
	assert.ErrorContains(t, err, "no button to nowhere")
}

func TestThePlayIsThatOfTheFile(t *testing.T) {
	rows, err := shipped(time.Now())
	require.NoError(t, err)
	links := map[string]orders.Row{}
	for _, r := range rows {
		id, pattern := r.Request.RemittanceID, remittance.Pattern(r.Request.Pattern)
		if r.Request.Pattern == "" || !pattern.HasPage() || r.Expect == orders.ExpectRefused {
			assert.NotContains(t, people, id, "nobody has a page")
			continue
		}
		links[id] = r
		assert.Empty(t, r.Faults, id)
		to, err := address(r.Request)
		assert.NoError(t, err)
		assert.NotEmpty(t, to)
		_, acts := people[id]
		assert.Equal(t, r.Expect != string(remittance.Expired), acts, id)
	}
	for id := range people {
		assert.Contains(t, links, id)
	}
	assert.Empty(t, rows[len(rows)-1].Request.Pattern, "the last row is the one that waits for funds")
}
