package app

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"soukin/contract"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/remittance"
)

func TestTheWayThatANoticeSpeaksOf(t *testing.T) {
	code := link.Way{Rail: remittance.RailAmazon, Form: remittance.GiftCode}
	for name, tc := range map[string]struct {
		in   contract.NoticeInput
		ways []link.Way
		rail remittance.Rail
		form remittance.GiftForm
	}{
		"a link from before there were ways": {contract.NoticeInput{}, nil, remittance.RailBank, ""},
		"the only way":                       {contract.NoticeInput{}, []link.Way{code}, remittance.RailAmazon, remittance.GiftCode},
		"nothing chosen yet":                 {contract.NoticeInput{}, []link.Way{code, {Rail: remittance.RailATM}}, "", ""},
		"what was chosen":                    {contract.NoticeInput{Rail: remittance.RailAmazon}, []link.Way{{Rail: remittance.RailATM}, code}, remittance.RailAmazon, remittance.GiftCode},
		"as the workflow says":               {contract.NoticeInput{Rail: remittance.RailAmazon, Form: remittance.GiftBalance}, []link.Way{code}, remittance.RailAmazon, remittance.GiftBalance},
		"a way that the link does not name":  {contract.NoticeInput{Rail: remittance.RailATM}, []link.Way{code}, remittance.RailATM, ""},
	} {
		rail, form := wayOf(tc.in, orders.Told{About: link.About{Ways: tc.ways}})
		assert.Equal(t, [2]any{tc.rail, tc.form}, [2]any{rail, form}, name)
	}
}
