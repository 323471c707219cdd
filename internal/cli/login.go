package cli

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/internal/app"
	"soukin/internal/app/sandboxed"
	"soukin/remittance"
)

func (s *session) bankLogin() *urfave.Command {
	return s.command("login", phrase{"let us act for our account at the bank", "銀行口座の利用を許可する"}, "", phrase{
		`Prints the address where a person logs in at the bank and grants access, then
reads the address the browser was sent back to, and stores the token for the
worker. Tokens renew themselves; log in again when the worker's readiness or
log says that the bank refuses our credentials.

Examples:
  starter bank login
  starter bank login --sandbox`,
		`銀行にログインして利用を許可するためのアドレスを表示し、ブラウザが戻された先の
アドレスを読み取り、トークンを保存します。トークンは自動で更新されます。銀行が
認証情報を拒否したときは、もう一度実行してください。

例:
  starter bank login
  starter bank login --sandbox`,
	}, []urfave.Flag{
		&urfave.BoolFlag{Name: "sandbox", Usage: s.say(phrase{"at the sandbox, which asks nobody", "確認を求めないサンドボックスで"})},
	}, s.login)
}

func (s *session) login(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if cmd.Bool("sandbox") {
		if err := sandboxed.Login(ctx, cfg.Bank, sandboxOf(cfg)); err != nil {
			return sandboxError(err)
		}
		return s.loggedIn(cfg.Bank.Token)
	}
	client, err := app.NewBankClient(cfg.Bank, nil, time.Now)
	if err != nil {
		return exit(ExitUsage, err)
	}
	state := rand.Text()
	s.note(phrase{"Open this address, log in at the bank and grant access:\n\n%s\n", "このアドレスを開き、銀行にログインして利用を許可してください:\n\n%s\n"}, client.AuthorizeURL(state))
	s.note(phrase{"Then paste the address that the browser was sent to, and press Enter:", "次に、ブラウザが戻された先のアドレスを貼り付けて Enter を押してください:"})
	line, err := bufio.NewReader(s.stdin).ReadString('\n')
	if err != nil && line == "" {
		return usageError("%s", s.say(phrase{"no address was given", "アドレスが入力されませんでした"}))
	}
	code, err := codeOf(line, state)
	if err != nil {
		return exit(ExitUsage, err)
	}
	if err := client.Exchange(ctx, code); err != nil {
		return loginError(err)
	}
	return s.loggedIn(cfg.Bank.Token)
}

// codeOf takes the code out of the address the browser came back to. The state
// ties it to this login: without it somebody else's code could be slipped in.
func codeOf(line, state string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		return "", errors.New("this is not an address")
	}
	q := u.Query()
	switch {
	case q.Get("error") != "":
		return "", fmt.Errorf("the bank refused: %s %s", q.Get("error"), q.Get("error_description"))
	case q.Get("code") == "":
		return "", errors.New("the address has no code: paste the whole address the browser was sent to")
	case q.Get("state") != state:
		return "", errors.New("the address belongs to another login: start again")
	}
	return q.Get("code"), nil
}

func loginError(err error) error {
	var rail *remittance.RailError
	if errors.As(err, &rail) && rail.Outcome == remittance.OutcomeMisconfigured {
		return exit(ExitRefused, err)
	}
	return exit(ExitUnavailable, err)
}

func (s *session) loggedIn(path string) error {
	return s.show(map[string]string{"token": path}, func() string {
		return s.sayf(phrase{"Logged in. The token is in %s.\n", "ログインしました。トークンの保存先: %s\n"}, path)
	})
}
