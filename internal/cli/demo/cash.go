package demo

import (
	"context"
	"net/http"
)

// withNumbers has the numbers for the ATM shown and takes them there, or has new
// ones issued where the old ones are locked or lost.
func (v *visit) withNumbers(ctx context.Context, p paper) (paper, bool, error) {
	shown := p.copied()
	switch {
	case v.person.cash.staysAway:
		return p, true, nil
	case len(shown) == 3:
		return v.walk(ctx, p, shown)
	case p.hasButton("show"):
		next, err := v.browser.submit(ctx, p, "show", nil)
		return next, err == nil && next.status == http.StatusConflict, err // the cash is gone, and the page will soon say so
	case v.tried < len(v.person.tries):
		return p, true, nil // locked: they have another way in mind, and wait for it
	case p.buttonTo("reissue") != nil:
		next, err := v.browser.press(ctx, p, "reissue")
		return next, err == nil && next.leads("numbers") && !next.hasButton("show") && len(next.copied()) == 0, err
	}
	return p, true, nil // locked, and replaced often enough
}

// walk goes to the ATM with the numbers on the page.
func (v *visit) walk(ctx context.Context, p paper, numbers []string) (paper, bool, error) {
	v.secrets.numbers(numbers)
	if v.person.cash.loses && !v.reissued {
		v.reissued = true
		next, err := v.browser.press(ctx, p, "reissue")
		if err != nil {
			return p, false, err
		}
		_, err = v.withdraw(ctx, numbers) // found again, and worth nothing by now
		return next, false, err
	}
	if err := v.hesitate(ctx); err != nil {
		return p, false, err
	}
	for v.mistaken < v.person.cash.mistakes {
		v.mistaken++
		if _, err := v.withdraw(ctx, mistype(numbers)); err != nil {
			return p, false, err
		}
	}
	_, err := v.withdraw(ctx, numbers)
	return p, true, err
}

// mistype gets the last digit of the confirmation number wrong.
func mistype(numbers []string) []string {
	last := numbers[len(numbers)-1]
	wrong := '0' + (last[len(last)-1]-'0'+1)%10
	return append(numbers[:len(numbers)-1:len(numbers)-1], last[:len(last)-1]+string(wrong))
}

// withdraw types numbers into an ATM and takes the cash. It reports whether there
// was any; an ATM says no by 403 Forbidden.
func (v *visit) withdraw(ctx context.Context, numbers []string) (paid bool, err error) {
	p, err := v.browser.open(ctx, v.sandbox+"/atm")
	if err != nil {
		return false, err
	}
	if p, err = v.browser.submit(ctx, p, "", nil); err != nil {
		return false, err
	}
	for _, n := range numbers {
		field := p.find("input", "id", "entry")
		if field == nil {
			return false, p.complain("takes no number")
		}
		if p, err = v.browser.submit(ctx, p, "enter", map[string]string{attr(field, "name"): n}); err != nil {
			return false, err
		}
	}
	if p.status == http.StatusForbidden {
		return false, nil
	}
	if p, err = v.browser.submit(ctx, p, "enter", nil); err != nil {
		return false, err
	}
	switch p.status {
	case http.StatusOK:
		return true, nil
	case http.StatusForbidden:
		return false, nil
	}
	return false, p.complain("was an error")
}
