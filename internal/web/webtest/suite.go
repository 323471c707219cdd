package webtest

import (
	"context"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// World is remittances behind links with what happens around them: the fake, or
// the product with its counterparties. Its methods end the test when they cannot.
type World interface {
	web.Remittances
	// Offer puts [Offered] behind a new link with these ways and codes.
	Offer(t *testing.T, form remittance.GiftForm, rails []remittance.Rail, codes ...Code) link.Token
	// Login logs the recipient in at Amazon and gives what a page holds then.
	Login(t *testing.T, token link.Token, proof link.Proof) string
	// Arrive lets the way that was chosen succeed: numbers are out, a code is there,
	// the money has come.
	Arrive(t *testing.T, token link.Token)
	// Refuse designates an au PAY member whom it fails for, and gives the reason when
	// the link is open again.
	Refuse(t *testing.T, token link.Token) remittance.Reason
}

// Offered is the amount of the suite's remittances: notes that an ATM has.
const Offered remittance.Yen = 12_000

// Suite is what the pages rely on, of every implementation of their port. open
// gives a world to each test.
func Suite(t *testing.T, open func(t *testing.T) World) {
	for name, test := range map[string]func(t *testing.T, w World){
		"an open link offers its ways":              testOpen,
		"a way is chosen once":                      testOnce,
		"what cannot be chosen stays open":          testRefusals,
		"declining is for good":                     testDecline,
		"nobody acts without token and proof":       testStrangers,
		"numbers are out until they are not":        testNumbers,
		"a claim code is the same each time":        testGiftCode,
		"a login comes back to its link or nowhere": testLogin,
		"a failure leads back to the ways":          testFailure,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var every = remittance.ChoosableRails()

var none link.Proof

// yours is a designation that every rule accepts.
func yours(t *testing.T, w World, token link.Token, proof link.Proof, rail remittance.Rail, form remittance.GiftForm) web.Designation {
	t.Helper()
	d := web.Designation{Rail: rail}
	switch {
	case rail == remittance.RailBank:
		d.Account = zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ タロウ"}
	case rail == remittance.RailAuPay:
		d.Member = "1234567890123456"
	case rail == remittance.RailAmazon && form != remittance.GiftCode:
		d.Login = w.Login(t, token, proof)
	}
	return d
}

func testOpen(t *testing.T, w World) {
	token := w.Offer(t, remittance.GiftBalance, every)
	v, err := w.View(t.Context(), token)
	require.NoError(t, err)
	assert.True(t, v.Open)
	assert.Equal(t, Offered, v.Amount)
	assert.Empty(t, v.Rail, "nobody has chosen")
	assert.Nil(t, v.Failed)
	assert.Nil(t, v.Cash)
	assert.False(t, v.Code)
	assert.False(t, v.Deadline.IsZero())
	var rails []remittance.Rail
	for _, way := range v.Ways {
		rails = append(rails, way.Rail)
		assert.True(t, way.Available)
		assert.GreaterOrEqual(t, way.Limit, v.Amount)
		assert.Equal(t, way.Rail == remittance.RailAmazon, way.Form != "")
	}
	assert.Equal(t, every, rails)
}

func testOnce(t *testing.T, w World) {
	for _, form := range []remittance.GiftForm{remittance.GiftBalance, remittance.GiftCode} {
		for _, rail := range every {
			token := w.Offer(t, form, every)
			chosen := yours(t, w, token, none, rail, form)
			v, err := w.Designate(t.Context(), token, none, chosen)
			require.NoError(t, err, rail)
			assert.False(t, v.Open)
			assert.Equal(t, rail, v.Rail)
			assert.Equal(t, rail == remittance.RailAmazon, v.Form == form)
			_, err = w.Designate(t.Context(), token, none, chosen)
			require.NoError(t, err, "a double click on %s", rail)
			for _, other := range every {
				if other != rail && other != remittance.RailAmazon {
					_, err = w.Designate(t.Context(), token, none, yours(t, w, token, none, other, form))
					require.ErrorIs(t, err, web.ErrClosed, "%s after %s", other, rail)
				}
			}
		}
	}
}

func testRefusals(t *testing.T, w World) {
	token := w.Offer(t, remittance.GiftBalance, []remittance.Rail{remittance.RailBank, remittance.RailAmazon, remittance.RailAuPay})
	var account zengin.FieldErrors
	var member *web.FieldFault
	_, err := w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailBank, Account: zengin.Input{Bank: "0005"}})
	require.ErrorAs(t, err, &account)
	_, err = w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailAuPay, Member: "12"})
	require.ErrorAs(t, err, &member)
	assert.Equal(t, web.FieldMember, member.Field)
	assert.NotEmpty(t, member.In(remittance.Ja))
	assert.NotEmpty(t, member.In(remittance.En))
	for _, login := range []string{"", "made-up"} {
		_, err = w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailAmazon, Login: login})
		require.ErrorIs(t, err, web.ErrLogin)
	}
	another := w.Offer(t, remittance.GiftBalance, every)
	_, err = w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailAmazon, Login: w.Login(t, another, none)})
	require.ErrorIs(t, err, web.ErrLogin, "a login for another remittance")
	for _, rail := range []remittance.Rail{remittance.RailATM, remittance.RailPrepaid, "", "made-up"} {
		_, err = w.Designate(t.Context(), token, none, web.Designation{Rail: rail})
		require.ErrorIs(t, err, web.ErrWay, rail)
	}
	v, err := w.View(t.Context(), token)
	require.NoError(t, err)
	assert.True(t, v.Open)
}

func testDecline(t *testing.T, w World) {
	token := w.Offer(t, remittance.GiftCode, every)
	for range 2 {
		v, err := w.Decline(t.Context(), token, none)
		require.NoError(t, err)
		assert.False(t, v.Open)
		assert.Equal(t, remittance.DeclinedReason, v.Reason)
	}
	_, err := w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailATM})
	require.ErrorIs(t, err, web.ErrClosed)
	_, err = w.Numbers(t.Context(), token, none)
	require.ErrorIs(t, err, web.ErrClosed)
	_, err = w.Reissue(t.Context(), token, none)
	require.ErrorIs(t, err, web.ErrClosed)
	_, err = w.GiftCode(t.Context(), token, none)
	require.ErrorIs(t, err, web.ErrClosed)
}

// acts are everything that takes a proof.
func acts(ctx context.Context, w World, token link.Token, proof link.Proof) map[string]error {
	out := map[string]error{}
	_, out["designate"] = w.Designate(ctx, token, proof, web.Designation{Rail: remittance.RailATM})
	_, out["decline"] = w.Decline(ctx, token, proof)
	_, out["numbers"] = w.Numbers(ctx, token, proof)
	_, out["reissue"] = w.Reissue(ctx, token, proof)
	_, out["gift code"] = w.GiftCode(ctx, token, proof)
	_, out["login"] = w.BeginLogin(ctx, token, proof)
	return out
}

func testStrangers(t *testing.T, w World) {
	made, err := link.ParseProof(random())
	require.NoError(t, err)
	token := w.Offer(t, remittance.GiftBalance, every, Code{Label: "会員番号", Value: "1234"})
	for _, proof := range []link.Proof{none, made} {
		for name, err := range acts(t.Context(), w, token, proof) {
			require.ErrorIs(t, err, link.ErrProof, name)
		}
	}
	_, _, err = w.Prove(t.Context(), token, []link.Answer{link.NewAnswer("0000")})
	require.ErrorIs(t, err, link.ErrWrong)
	nobodys, err := link.ParseToken(random())
	require.NoError(t, err)
	for name, err := range acts(t.Context(), w, nobodys, none) {
		require.ErrorIs(t, err, link.ErrUnknown, name)
	}
	proof, _, err := w.Prove(t.Context(), token, []link.Answer{link.NewAnswer("1234")})
	require.NoError(t, err)
	_, err = w.Designate(t.Context(), token, proof, web.Designation{Rail: remittance.RailATM})
	require.NoError(t, err)
}

func testNumbers(t *testing.T, w World) {
	token := w.Offer(t, "", []remittance.Rail{remittance.RailATM, remittance.RailBank})
	_, err := w.Numbers(t.Context(), token, none)
	require.ErrorIs(t, err, web.ErrClosed, "before they are issued")
	_, err = w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailATM})
	require.NoError(t, err)
	w.Arrive(t, token)
	v, err := w.View(t.Context(), token)
	require.NoError(t, err)
	require.NotNil(t, v.Cash)
	assert.False(t, v.Open)
	assert.False(t, v.Cash.Until.IsZero())
	seen := map[web.Numbers]bool{}
	for left := v.Cash.ReissuesLeft; ; left-- {
		n, err := w.Numbers(t.Context(), token, none)
		require.NoError(t, err)
		assert.Equal(t, [3]int{4, 9, 6}, [3]int{len(n.Partner), len(n.Customer), len(n.Confirmation)})
		assert.False(t, seen[n], "new numbers are new")
		seen[n] = true
		v, err = w.Reissue(t.Context(), token, none)
		if left == 0 {
			require.ErrorIs(t, err, web.ErrClosed)
			return
		}
		require.NoError(t, err)
		require.NotNil(t, v.Cash)
		require.Equal(t, left-1, v.Cash.ReissuesLeft)
	}
}

func testGiftCode(t *testing.T, w World) {
	token := w.Offer(t, remittance.GiftCode, every)
	_, err := w.GiftCode(t.Context(), token, none)
	require.ErrorIs(t, err, web.ErrClosed, "before it is chosen")
	_, err = w.Designate(t.Context(), token, none, web.Designation{Rail: remittance.RailAmazon})
	require.NoError(t, err)
	w.Arrive(t, token)
	v, err := w.View(t.Context(), token)
	require.NoError(t, err)
	assert.True(t, v.Code)
	first, err := w.GiftCode(t.Context(), token, none)
	require.NoError(t, err)
	require.NotEmpty(t, first)
	second, err := w.GiftCode(t.Context(), token, none)
	require.NoError(t, err)
	assert.True(t, first == second, "another code would be other money")
}

func testLogin(t *testing.T, w World) {
	token := w.Offer(t, remittance.GiftBalance, every, Code{Label: "会員番号", Value: "1234"})
	proof, _, err := w.Prove(t.Context(), token, []link.Answer{link.NewAnswer("1234")})
	require.NoError(t, err)
	address, err := w.BeginLogin(t.Context(), token, proof)
	require.NoError(t, err)
	at, err := url.Parse(address)
	require.NoError(t, err)
	assert.NotContains(t, address, token.Reveal())
	assert.NotContains(t, address, proof.Reveal())
	back, proved, login, err := w.FinishLogin(t.Context(), at.Query().Get("state"), "")
	require.ErrorIs(t, err, web.ErrLogin)
	assert.True(t, back.Reveal() == token.Reveal() && proved.Reveal() == proof.Reveal(), "who cancels at Amazon comes back to their link")
	assert.Empty(t, login)
	lost, _, _, err := w.FinishLogin(t.Context(), "made-up", "code")
	require.ErrorIs(t, err, web.ErrLogin)
	assert.Empty(t, lost.Reveal())
	_, err = w.Designate(t.Context(), token, proof, web.Designation{Rail: remittance.RailAmazon, Login: w.Login(t, token, proof)})
	require.NoError(t, err)
}

func testFailure(t *testing.T, w World) {
	token := w.Offer(t, remittance.GiftBalance, every)
	why := w.Refuse(t, token)
	v, err := w.View(t.Context(), token)
	require.NoError(t, err)
	require.True(t, v.Open)
	assert.Equal(t, &web.Failure{Rail: remittance.RailAuPay, Reason: why}, v.Failed)
	assert.Empty(t, v.Rail)
	assert.Len(t, v.Ways, len(every))
	v, err = w.Designate(t.Context(), token, none, yours(t, w, token, none, remittance.RailBank, ""))
	require.NoError(t, err)
	assert.Nil(t, v.Failed)
	assert.Equal(t, remittance.RailBank, v.Rail)
}
