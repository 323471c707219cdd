package zengin_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"soukin/internal/zengin"
	"soukin/remittance"
)

const secretNumber, secretName = "7654321", "ﾋﾐﾂ ﾉﾋﾄ"

// order hides an account where fmt finds fields it may not call methods of.
type order struct {
	ID      string
	Account zengin.PayeeAccount
	Name    zengin.Name
	account zengin.PayeeAccount
	name    zengin.Name
	more    []zengin.PayeeAccount
	by      map[string]*zengin.PayeeAccount
}

func secretOrder(t *testing.T) order {
	t.Helper()
	name, err := zengin.NormalizeName(secretName, zengin.LimitTransfer)
	require.NoError(t, err)
	a, _, err := zengin.ParseAccount(with(func(in *zengin.Input) { in.Number, in.Name = secretNumber, secretName }))
	require.NoError(t, err)
	require.Equal(t, secretNumber, a.Number())
	require.Equal(t, secretName, a.Name())
	return order{"1", a, name, a, name, []zengin.PayeeAccount{a}, map[string]*zengin.PayeeAccount{"a": &a}}
}

func assertNoSecret(t *testing.T, text, how string) {
	t.Helper()
	for _, part := range []string{secretNumber, secretName, "ﾋﾐﾂ", "ﾉﾋﾄ", "765432", "654321", fmt.Sprintf("%x", secretNumber), fmt.Sprintf("%x", "ﾋﾐﾂ")} {
		assert.NotContains(t, text, part, how)
	}
}

func TestNothingPrintsAnAccountOrAName(t *testing.T) {
	o := secretOrder(t)
	for _, value := range []any{o.Account, &o.Account, o.Name, &o.Name, o, &o, []order{o}, o.more, o.by, any(o)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%10.3s", "%-40v"} {
			assertNoSecret(t, fmt.Sprintf(verb, value), verb)
		}
		assertNoSecret(t, fmt.Sprint(value)+fmt.Sprintln(value)+fmt.Errorf("%v", value).Error(), "Sprint")
		if text, err := json.Marshal(value); err == nil {
			assertNoSecret(t, string(text), "json")
		}
		if text, err := xml.Marshal(value); err == nil {
			assertNoSecret(t, string(text), "xml")
		}
	}
	typed := with(func(in *zengin.Input) { in.Number, in.Name = secretNumber, secretName })
	assert.Equal(t, "account as typed account as typed &account as typed", fmt.Sprintf("%+v %#v &%v", typed, typed, &typed))
	assert.Equal(t, "0005-001 ordinary *****21", o.Account.String())
	assert.Equal(t, "account name of 7 letters", o.Name.String())
	assert.Equal(t, "no account", zengin.PayeeAccount{}.String())
	assert.Equal(t, "", zengin.Name{}.Text())
}

func TestNoLoggerWritesAnAccountOrAName(t *testing.T) {
	o := secretOrder(t)
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		log := slog.New(handler)
		log.Info("sent", "account", o.Account, "pointer", &o.Account, "name", o.Name, "order", o, "all", o.more, "typed", zengin.Input{Name: secretName, Number: secretNumber})
		log.With("account", o.Account).WithGroup("g").Info(fmt.Sprint(o.Name), slog.Any("order", &o))
	}
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	zapped := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zapcore.DebugLevel))
	zapped.Info("sent", zap.Any("account", o.Account), zap.Any("order", o), zap.Reflect("r", o.Account), zap.Stringer("s", o.Account), zap.Any("name", o.Name))
	zapped.Sugar().Infow("sent", "account", o.Account, "order", o, "all", o.more)
	require.Contains(t, out.String(), "0005-001 ordinary *****21")
	assertNoSecret(t, out.String(), "log")
}

func TestAMaskedAccountIsNeverReadBack(t *testing.T) {
	o := secretOrder(t)
	text, err := json.Marshal(o.Account)
	require.NoError(t, err)
	var back zengin.PayeeAccount
	assert.ErrorContains(t, json.Unmarshal(text, &back), "NewPayeeAccount")
}

// Error texts go to logs; messages go to the person who typed.
func TestErrorsAndNoticesKeepWhatWasTypedOutOfLogs(t *testing.T) {
	_, _, err := zengin.ParseAccount(zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "98765432", Name: "秘密花子"})
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%s"} {
		text := fmt.Sprintf(verb, fmt.Errorf("row 3: %w", err))
		assert.NotContains(t, text, "98765")
		assert.NotContains(t, text, "秘")
	}
	var all zengin.FieldErrors
	require.True(t, errors.As(err, &all))
	assert.Contains(t, all.Message(remittance.Ja), "秘密花子")
	assert.NotContains(t, all.Message(remittance.Ja), "98765")
}
