package app_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/app/railtest"
	"soukin/internal/link"
	rail "soukin/internal/rails/amazon"
	"soukin/internal/sandbox/amazon"
	"soukin/internal/sandbox/control"
	"soukin/internal/vault"
	"soukin/remittance"
)

func amazonReference(in activities.Instruction) string {
	return rail.Reference(amazon.PublishedPartnerID, in.Key)
}

func (c *counter) amazonBooks(t railtest.T, in activities.Instruction) railtest.Books {
	return c.books(t, remittance.RailAmazon, amazonReference(in))
}

// load is balance for somebody of their own.
func (c *counter) load(t railtest.T, login string, amount remittance.Yen) activities.Instruction {
	key := c.key(remittance.RailAmazon)
	if login == "" {
		login = strings.ToLower(string(key.Remittance))
	}
	user, err := c.sandbox.AmazonUser(t.Context(), login+"@example.com")
	require.NoError(t, err)
	id, err := c.vault.PutWallet(t.Context(), key.Merchant, vault.NewWallet(remittance.RailAmazon, "", user))
	require.NoError(t, err)
	return activities.Instruction{Key: key, Amount: amount, Account: id, At: c.clock(), Form: remittance.GiftBalance}
}

func amazonLoads(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailAmazon)
	s.OnlyByRepeating = true
	s.New = func(t railtest.T) activities.Instruction { return c.load(t, "", 1200) }
	for _, r := range []struct {
		name, login string
		amount      remittance.Yen
		reason      remittance.Reason
	}{
		{"unknown account", "unknown", 1200, remittance.LoginRefused},
		{"enough for a day", "limit", 1200, remittance.RecipientLimit},
		{"too much by the contract", "", 2015, remittance.OverRailLimit},
		{"too much at once", "", 500_001, remittance.OverRailLimit},
	} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: r.name, Reason: r.reason, New: func(t railtest.T) activities.Instruction {
			return c.load(t, r.login, r.amount)
		}})
	}
	s.Books = c.amazonBooks
	s.Secrets = c.walletSecrets
	return s
}

func (c *counter) code(amount remittance.Yen) activities.Instruction {
	return activities.Instruction{Key: c.key(remittance.RailAmazon), Amount: amount, At: c.clock(), Form: remittance.GiftCode}
}

func amazonCodes(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailAmazon)
	s.OnlyByRepeating = true
	s.New = func(railtest.T) activities.Instruction { return c.code(1200) }
	s.Cancellable = s.New
	s.Settle = func(t railtest.T, in activities.Instruction) {
		var refused *control.Error // it was not created, or cancelled, or is claimed already
		if err := c.sandbox.ClaimGift(t.Context(), amazonReference(in)); !errors.As(err, &refused) {
			require.NoError(t, err)
		}
	}
	for name, r := range map[string]struct {
		amount remittance.Yen
		reason remittance.Reason
	}{"enough for a day": {3010, remittance.RecipientLimit}, "too much at once": {500_001, remittance.OverRailLimit}} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: name, Reason: r.reason, New: func(railtest.T) activities.Instruction { return c.code(r.amount) }})
	}
	s.Books = c.amazonBooks
	s.Secrets = func(_ railtest.T, in activities.Instruction) []string {
		return []string{amazon.ClaimCode(amazon.PublishedSecret, amazonReference(in))}
	}
	return s
}

// The magic amounts bring, through the adapter, what the machine has to live with.
func TestAmazonMagicAmounts(t *testing.T) {
	c := newCounter(t)
	amazonRail := c.rails[remittance.RailAmazon]
	for _, tc := range []struct {
		amount remittance.Yen
		first  []remittance.Outcome // of the attempts that fail
	}{
		{3003, []remittance.Outcome{remittance.OutcomeMisconfigured, remittance.OutcomeMisconfigured}},
		{4004, []remittance.Outcome{remittance.OutcomeUnknown}},
		{4014, []remittance.Outcome{remittance.OutcomeUnknown}},
		{4029, []remittance.Outcome{remittance.OutcomeRateLimited}},
		{5005, []remittance.Outcome{remittance.OutcomeUnknown}},
		{5015, []remittance.Outcome{remittance.OutcomeUnknown}},
	} {
		for form, in := range map[remittance.GiftForm]activities.Instruction{remittance.GiftBalance: c.load(t, "", tc.amount), remittance.GiftCode: c.code(tc.amount)} {
			for _, want := range tc.first {
				_, err := amazonRail.Submit(t.Context(), in)
				var got *remittance.RailError
				require.ErrorAs(t, err, &got, "%d %s", tc.amount, form)
				assert.Equal(t, want, got.Outcome, "%d %s: %v", tc.amount, form, err)
			}
			state, err := amazonRail.Find(t.Context(), in, c.clock())
			require.NoError(t, err, "%d %s", tc.amount, form)
			want := map[remittance.GiftForm]contract.Stage{remittance.GiftBalance: contract.StageSettled, remittance.GiftCode: contract.StageExecuted}[form]
			assert.Equal(t, want, state.Stage)
			assert.Equal(t, railtest.Books{Executed: 1}, c.amazonBooks(t, in), "%d %s", tc.amount, form)
		}
	}
}

func TestAmazonCodeIsRecalledInItsTimeOnly(t *testing.T) {
	c := newCounter(t)
	amazonRail := c.rails[remittance.RailAmazon]
	in := c.code(1200)
	res, err := amazonRail.Submit(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, contract.StageExecuted, res.Stage)
	c.pass(c.cfg.Amazon.CodeRecall)
	require.NoError(t, amazonRail.Cancel(t.Context(), in, res.RailRef), "to the last second")
	state, err := amazonRail.State(t.Context(), in, res.RailRef)
	require.NoError(t, err)
	assert.Equal(t, contract.RailState{Stage: contract.StageReturned, RailRef: res.RailRef, Reason: remittance.CancelledByUs}, state)

	late := c.code(1200)
	res, err = amazonRail.Submit(t.Context(), late)
	require.NoError(t, err)
	c.pass(c.cfg.Amazon.CodeRecall + time.Second)
	var refused *remittance.RailError
	require.ErrorAs(t, amazonRail.Cancel(t.Context(), late, res.RailRef), &refused)
	assert.Equal(t, remittance.OutcomeRejected, refused.Outcome)
	assert.Equal(t, railtest.Books{Executed: 1}, c.amazonBooks(t, late))
}

// An enquiry that cannot be made says nothing about what was sent.
func TestAmazonLoginThatIsGoneDecidesNothing(t *testing.T) {
	c := newCounter(t)
	in := c.load(t, "", 1200)
	in.Account = "wal_00000000000000000000000000"
	var refused *remittance.RailError
	_, err := c.rails[remittance.RailAmazon].Submit(t.Context(), in)
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, remittance.OutcomeRejected, refused.Outcome)
	_, err = c.rails[remittance.RailAmazon].Find(t.Context(), in, c.clock().Add(-time.Hour))
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, remittance.OutcomeUnknown, refused.Outcome)
}

func TestAmazonFundsAndNoCodeOnDisk(t *testing.T) {
	c := newCounter(t)
	funds, err := app.AmazonFunds(t.Context(), c.cfg)
	require.NoError(t, err)
	in := c.code(1200)
	_, err = c.rails[remittance.RailAmazon].Submit(t.Context(), in)
	require.NoError(t, err)
	client, err := app.NewAmazonClient(c.cfg.Amazon, nil, c.clock)
	require.NoError(t, err)
	code, err := client.Reveal(t.Context(), in.Key, in.Amount)
	require.NoError(t, err)
	assert.Equal(t, amazon.DefaultSettings().Funds, funds.Amount)
	assert.Equal(t, amazon.ClaimCode(amazon.PublishedSecret, amazonReference(in)), code.Reveal())

	files := 0
	require.NoError(t, filepath.WalkDir(filepath.Dir(c.cfg.Sandbox.State), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		assert.NotContains(t, string(content), code.Reveal(), path)
		assert.NotContains(t, string(content), strings.ReplaceAll(code.Reveal(), "-", ""), path)
		return err
	}))
	assert.Positive(t, files)
}

// The sandbox knows what the settings show by default.
func TestAmazonSettingsFitTheSandbox(t *testing.T) {
	c, err := config.Load([]string{"SOUKIN_HOME=" + t.TempDir(), "TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none")})
	require.NoError(t, err)
	s := amazon.DefaultSettings()
	assert.Equal(t, s.PartnerID, c.Amazon.PartnerID)
	assert.Equal(t, s.KeyID, c.Amazon.KeyID)
	assert.Equal(t, s.Secret, c.Amazon.Secret.Reveal())
	assert.Equal(t, s.Region, c.Amazon.Region)
	assert.Equal(t, s.Login.ClientID, c.Amazon.LoginID)
	assert.Equal(t, s.Login.ClientSecret, c.Amazon.LoginSecret.Reveal())
	assert.Equal(t, s.MaxAmount, c.Amazon.Cap)
	assert.Equal(t, s.CancelWindow, c.Amazon.CodeRecall)
	assert.Equal(t, c.Sandbox.URL+amazon.LoginPath, c.Amazon.LoginURL)
	assert.Equal(t, c.Sandbox.URL+amazon.TokenPath, c.Amazon.TokenURL)
	assert.Equal(t, c.Sandbox.URL+amazon.ProfilePath, c.Amazon.ProfileURL)
}

// What the contract says of error types reaches the judge, and a slip in it is named.
func TestAmazonErrorTypesAreSettings(t *testing.T) {
	load := func(meanings string) (config.Config, error) {
		return config.Load([]string{"SOUKIN_HOME=" + t.TempDir(), "TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none"), "SOUKIN_AMAZON_ERROR_TYPES=" + meanings})
	}
	_, err := load("BlockedCustomer=refused")
	require.ErrorContains(t, err, "SOUKIN_AMAZON_ERROR_TYPES")
	_, err = load("BlockedCustomer=rejected/no_such_reason")
	require.ErrorContains(t, err, "SOUKIN_AMAZON_ERROR_TYPES")

	c := newCounter(t)
	set, err := load("UnknownCustomer=misconfigured,CustomerSurpassedDailyVelocityLimit=rejected/login_refused")
	require.NoError(t, err)
	c.cfg.Amazon.ErrorTypes = set.Amazon.ErrorTypes
	client, err := app.NewAmazonClient(c.cfg.Amazon, nil, c.clock)
	require.NoError(t, err)
	amazonRail := app.NewAmazonRail(c.cfg.Amazon, client, c.vault, c.clock)
	var refused *remittance.RailError
	_, err = amazonRail.Submit(t.Context(), c.load(t, "unknown", 1200))
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, remittance.OutcomeMisconfigured, refused.Outcome)
	_, err = amazonRail.Submit(t.Context(), c.load(t, "limit", 1200))
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, remittance.LoginRefused, refused.Reason)
}

// browser follows the login to the address that Amazon sends it back to.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// logIn plays the person on Amazon's page.
func logIn(t *testing.T, at, email, decision string) url.Values {
	t.Helper()
	page, err := browser(t).Get(at)
	require.NoError(t, err)
	body, err := io.ReadAll(page.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, page.StatusCode, string(body))
	form := url.Values{"email": {email}, "decision": {decision}}
	for _, m := range hiddenField.FindAllStringSubmatch(string(body), -1) {
		form.Set(m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
	}
	base, _, _ := strings.Cut(at, "?")
	answer, err := browser(t).PostForm(base, form)
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, answer.StatusCode)
	back, err := answer.Location()
	require.NoError(t, err)
	return back.Query()
}

func newAmazonLogin(t *testing.T, c *counter) *app.AmazonLogin {
	t.Helper()
	l, err := app.NewAmazonLogin(c.cfg, c.vault, c.clock, nil)
	require.NoError(t, err)
	return l
}

func aToken(t *testing.T) (link.Token, link.Proof) {
	t.Helper()
	token, err := link.ParseToken(strings.Repeat("A", 43))
	require.NoError(t, err)
	proof, err := link.ParseProof(strings.Repeat("E", 43))
	require.NoError(t, err)
	return token, proof
}

var aRemittance = remittance.Ref{Merchant: "demo", Remittance: "R-1"}

func TestAmazonLoginBringsTheUserAndNothingElse(t *testing.T) {
	c := newCounter(t)
	l := newAmazonLogin(t, c)
	token, proof := aToken(t)
	at, err := l.Begin(token, proof, aRemittance)
	require.NoError(t, err)
	assert.NotContains(t, at, token.Reveal())
	u, err := url.Parse(at)
	require.NoError(t, err)
	assert.Equal(t, "profile:user_id", u.Query().Get("scope"))
	assert.Equal(t, "S256", u.Query().Get("code_challenge_method"))
	assert.Equal(t, app.AmazonRedirectURL(c.cfg), u.Query().Get("redirect_uri"))

	came := logIn(t, at, "hanako@example.com", "allow")
	gotToken, gotProof, sealed, err := l.Finish(t.Context(), came.Get("state"), came.Get("code"))
	require.NoError(t, err)
	assert.Equal(t, token.Reveal(), gotToken.Reveal())
	assert.Equal(t, proof.Reveal(), gotProof.Reveal())
	user, err := l.Open(sealed, aRemittance)
	require.NoError(t, err)
	want, err := c.sandbox.AmazonUser(t.Context(), "Hanako@example.com")
	require.NoError(t, err)
	assert.Equal(t, want, user)
	assert.NotContains(t, sealed, user)

	_, err = l.Open(sealed, remittance.Ref{Merchant: "demo", Remittance: "R-2"})
	require.ErrorIs(t, err, app.ErrAmazonLogin, "a login is for one remittance")
	_, _, _, err = l.Finish(t.Context(), came.Get("state"), came.Get("code"))
	var refused *remittance.RailError
	require.ErrorAs(t, err, &refused, "a code is used once")
	assert.Equal(t, remittance.LoginRefused, refused.Reason)
	assert.NotContains(t, fmt.Sprintf("%+v %v", err, errors.Unwrap(refused)), came.Get("code"))
}

// A gateway with a name of its own on the network is registered as it says.
func TestAmazonLoginLeadsToAnyPublicAddress(t *testing.T) {
	c := newCounter(t, "SOUKIN_PUBLIC_URL=https://pay.example.com/")
	token, proof := aToken(t)
	at, err := newAmazonLogin(t, c).Begin(token, proof, aRemittance)
	require.NoError(t, err)
	assert.NotEmpty(t, logIn(t, at, "hanako@example.com", "allow").Get("code"))
}

func TestAmazonLoginRefusedLeadsBack(t *testing.T) {
	c := newCounter(t)
	l := newAmazonLogin(t, c)
	token, _ := aToken(t)
	at, err := l.Begin(token, link.Proof{}, aRemittance)
	require.NoError(t, err)
	came := logIn(t, at, "", "refuse")
	assert.Equal(t, "access_denied", came.Get("error"))
	gotToken, gotProof, err := l.Return(came.Get("state"))
	require.NoError(t, err)
	assert.Equal(t, token.Reveal(), gotToken.Reveal())
	assert.Empty(t, gotProof.Reveal())
}

func TestAmazonStateIsOursAndFresh(t *testing.T) {
	c := newCounter(t)
	l := newAmazonLogin(t, c)
	token, proof := aToken(t)
	at, err := l.Begin(token, proof, aRemittance)
	require.NoError(t, err)
	u, err := url.Parse(at)
	require.NoError(t, err)
	state := u.Query().Get("state")
	_, _, err = l.Return(state)
	require.NoError(t, err)
	for i := range len(state) {
		other := byte('A')
		if state[i] == other {
			other = 'B'
		}
		_, _, err := l.Return(state[:i] + string(other) + state[i+1:])
		require.ErrorIs(t, err, app.ErrAmazonLogin, "character %d", i)
	}
	for _, text := range []string{"", "?", state[:len(state)-1], state + "A"} {
		_, _, err := l.Return(text)
		require.ErrorIs(t, err, app.ErrAmazonLogin)
	}
	_, err = l.Open(state, aRemittance)
	require.ErrorIs(t, err, app.ErrAmazonLogin, "a state is no login")

	came := logIn(t, at, "hanako@example.com", "allow")
	c.pass(30*time.Minute - time.Second)
	_, _, sealed, err := l.Finish(t.Context(), came.Get("state"), came.Get("code"))
	require.NoError(t, err)
	c.pass(time.Second)
	_, _, _, err = l.Finish(t.Context(), came.Get("state"), came.Get("code"))
	require.ErrorIs(t, err, app.ErrAmazonLogin, "the time for a login is over")
	c.pass(30*time.Minute - 2*time.Second)
	_, err = l.Open(sealed, aRemittance)
	require.NoError(t, err)
	c.pass(time.Second)
	_, err = l.Open(sealed, aRemittance)
	require.ErrorIs(t, err, app.ErrAmazonLogin, "the time for a confirmation is over")
}
