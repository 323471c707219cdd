//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"soukin/internal/orders"
	"soukin/internal/zengin"
)

// personal knows what must not be found outside the vault: the names of payees
// in every spelling, account numbers, and anything that looks like an address.
type personal struct {
	names   map[string]string // bytes to what they spell
	numbers *regexp.Regexp    // by themselves, not as a part of longer ones
	joined  map[string]string // a number with the codes before it, as a bank's format has them
}

// shortest is the fewest bytes that do not turn up by chance in megabytes of
// ciphertext.
const shortest = 6

func personalOf(t *testing.T, requests []orders.Request) personal {
	t.Helper()
	p := personal{names: map[string]string{}, joined: map[string]string{}}
	var numbers []string
	for _, r := range requests {
		p.addName(r.RemittanceID, r.Name)
		for _, n := range []string{r.Number, r.JPNumber} {
			if n != "" {
				numbers = append(numbers, n)
			}
		}
		account, _, err := zengin.ParseAccount(zengin.Input{Bank: r.Bank, Branch: r.Branch, Type: r.Type, Number: r.Number + r.JPNumber, Symbol: r.Symbol, Name: r.Name})
		if err != nil {
			continue // it must be refused, and is searched for as it was typed
		}
		p.addName(r.RemittanceID, account.Name())
		numbers = append(numbers, account.Number())
		what := "the account of " + r.RemittanceID
		p.joined[account.Bank()+account.Branch()+account.Type().Code()+account.Number()] = what
		p.joined[account.Branch()+account.Type().Code()+account.Number()] = what
		p.joined[account.Branch()+account.Number()] = what
	}
	require.NotEmpty(t, numbers)
	p.numbers = regexp.MustCompile(`(?:^|[^0-9])(` + strings.Join(numbers, "|") + `)(?:[^0-9]|$)`)
	return p
}

func (p personal) addName(id, name string) {
	katakana := strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r + 'ァ' - 'ぁ'
		}
		return r
	}, norm.NFKC.String(name))
	hiragana := strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, katakana)
	half := width.Narrow.String(norm.NFD.String(katakana))
	for _, spelling := range []struct{ how, text string }{
		{"in katakana", katakana}, {"in hiragana", hiragana}, {"in half width", half},
		{"in half width with hyphens", strings.ReplaceAll(half, "ｰ", "-")}, {"decomposed", norm.NFD.String(katakana)}, {"as typed", name},
	} {
		words := strings.Fields(spelling.text)
		whole := []string{spelling.text, strings.Join(words, ""), strings.Join(words, "　")}
		for _, w := range append(whole, words...) {
			if utf8.RuneCountInString(w) >= 3 {
				p.addBytes(w, fmt.Sprintf("the payee of %s %s", id, spelling.how))
			}
		}
	}
}

// addBytes adds a text in the encodings that a system in Japan writes.
func (p personal) addBytes(text, what string) {
	encoded := map[string]string{"UTF-8": text, "JSON escapes": strings.Trim(strconv.QuoteToASCII(text), `"`)}
	if cp932, err := japanese.ShiftJIS.NewEncoder().String(text); err == nil { // no decomposed letters there
		encoded["CP932"] = cp932
	}
	for encoding, b := range encoded {
		if _, known := p.names[b]; !known && len(b) >= shortest {
			p.names[b] = what + ", " + encoding
		}
	}
}

var (
	addresses = regexp.MustCompile(`[A-Za-z0-9._%+-]{3,}@[A-Za-z0-9-]{3,}(?:\.[A-Za-z]{2,})+`)
	// Run ids are random hexadecimal digits, in which any number turns up one day.
	runIDs = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// temporalsOwn is the owner that Temporal gives to its own namespace.
const temporalsOwn = "temporal-core@temporal.io"

// in lists what data tells about people.
func (p personal) in(data []byte) (found []string) {
	for word, what := range p.names {
		if bytes.Contains(data, []byte(word)) {
			found = append(found, what)
		}
	}
	for number, what := range p.joined {
		if bytes.Contains(data, []byte(number)) {
			found = append(found, what)
		}
	}
	for _, m := range p.numbers.FindAllSubmatch(runIDs.ReplaceAll(data, []byte("-")), -1) {
		found = append(found, "the account number "+string(m[1]))
	}
	for _, m := range addresses.FindAllString(string(data), -1) {
		if m != temporalsOwn {
			found = append(found, "what looks like the address "+m)
		}
	}
	return found
}
