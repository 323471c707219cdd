package demo

import "soukin/remittance"

// person is what the recipient of one remittance does.
type person struct {
	// tries are the ways they take, one after the other: the next one where the
	// page, or later the rail, refuses the one before.
	tries []try
	// mistypes is a code that is tried before the right one.
	mistypes string
	declines bool
	// hesitates: has the page open while the merchant cancels.
	hesitates bool
	cash      withdrawal
}

// try is one way and what somebody types on it.
type try struct {
	way     remittance.Rail // what they press where the page offers several
	account account
	member  string         // at au PAY
	login   string         // mail address at Amazon
	spends  remittance.Yen // at au PAY, in a shop, before they type the member number
}

// withdrawal is what somebody does with the numbers for the ATM.
type withdrawal struct {
	staysAway bool
	// mistakes is how often they type a wrong confirmation number at first.
	mistakes int
	// loses: has new numbers issued, and takes the old ones to the ATM all the same.
	loses bool
}

// account is what somebody types about theirs: what they search for, the codes
// of what they then choose, and the rest as in their passbook.
type account struct {
	bank, bankCode, branch, branchCode string
	kind, number, name                 string
	symbol, postalNumber               string // Japan Post's way, instead of bank to number
}

// atBank are tries of accounts.
func atBank(accounts ...account) []try {
	var out []try
	for _, a := range accounts {
		out = append(out, try{way: remittance.RailBank, account: a})
	}
	return out
}

// people are the recipients who open their messages; whoever is missing never
// does. Names and accounts are invented, as in the files.
var people = map[string]person{
	"L-01": {mistypes: "0000", tries: atBank(account{bank: "みずほ", bankCode: "0001", branch: "新宿", branchCode: "240", kind: "1", number: "1234567", name: "やまだ はなこ"})},
	"L-02": {tries: atBank(account{symbol: "12345", postalNumber: "12345671", name: "ジョン スミス"})},
	"L-03": {tries: atBank(
		account{bank: "mitsubishi", bankCode: "0005", branch: "渋谷", branchCode: "135", kind: "1", number: "2345678", name: "佐藤健"},
		account{bank: "mitsubishi", bankCode: "0005", branch: "渋谷", branchCode: "135", kind: "1", number: "2345678", name: "サトウ ケン"},
	)},
	"L-04": {tries: atBank(
		account{bank: "0009", bankCode: "0009", branch: "200", branchCode: "200", kind: "1", number: "9000022", name: "スズキ イチロー"},
		account{bank: "0010", bankCode: "0010", branch: "300", branchCode: "300", kind: "1", number: "3456789", name: "スズキ イチロウ"},
	)},
	"L-06": {declines: true},
	"L-07": {hesitates: true, tries: atBank(account{bank: "0001", bankCode: "0001", branch: "001", branchCode: "001", kind: "1", number: "4567890", name: "イトウ マコト"})},

	"A-01": {},
	"A-03": {cash: withdrawal{mistakes: lockingMistakes}},
	"A-04": {hesitates: true},
	"A-05": {},
	"A-06": {cash: withdrawal{loses: true}},

	"G-01": {tries: []try{{way: remittance.RailAmazon, login: "ichika@example.jp"}}},
	"G-02": {tries: []try{{way: remittance.RailAmazon}}},
	"G-03": {tries: []try{{way: remittance.RailAmazon, login: "joe@example.com"}}},
	"G-04": {declines: true},
	"G-05": {tries: []try{{way: remittance.RailAmazon}}},

	"P-01": {tries: []try{{way: remittance.RailAuPay, member: "1000 0000 0101 0001"}}},
	"P-02": {tries: []try{
		{way: remittance.RailAuPay, member: "1000000001020002"},
		{way: remittance.RailAuPay, member: "1000000001020002", spends: 500_000},
	}},
	"P-03": {tries: []try{{way: remittance.RailAuPay, member: "1000000001030004"}, {way: remittance.RailAuPay, member: "1000000001030001"}}},

	"C-01": {tries: append([]try{{way: remittance.RailAuPay, member: "1000000002010002"}},
		atBank(account{bank: "0005", bankCode: "0005", branch: "001", branchCode: "001", kind: "1", number: "5678901", name: "キムラ ピア"})...)},
	"C-02": {cash: withdrawal{mistakes: lockingMistakes}, tries: []try{{way: remittance.RailATM}, {way: remittance.RailAmazon}}},
	"C-03": {tries: append(atBank(account{bank: "0001", bankCode: "0001", branch: "001", branchCode: "001", kind: "1", number: "9000022", name: "サム スミス"}),
		try{way: remittance.RailAuPay, member: "1000000002030001"})},
	"C-05": {tries: []try{{way: remittance.RailAuPay, member: "1000000002050001"}}},
}

// lockingMistakes is how many wrong confirmation numbers the sandbox's ATM
// network takes before it locks them.
const lockingMistakes = 3
