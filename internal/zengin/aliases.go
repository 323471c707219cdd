package zengin

import "strings"

// nationwide lists the banks whose customers live all over the country: the
// city banks, Japan Post Bank and the banks without counters. It only orders
// search results.
var nationwide = []string{
	"0001", "0005", "0009", "0010", YuchoCode,
	"0033", "0034", "0035", "0036", "0038", "0039", "0040", "0042", "0043", "0310",
}

// aliases are names people use that the banks' table does not hold: English
// brands, initials and names given up lately.
var aliases = map[string][]string{
	"0005":    {"MUFG", "Mitsubishi UFJ"},
	"0009":    {"SMBC", "Sumitomo Mitsui"},
	"0033":    {"ジャパンネット"},
	"0034":    {"Seven"},
	"0035":    {"Sony"},
	"0038":    {"住信SBIネット", "SBI Sumishin Net", "docomo SMTB Net"},
	"0039":    {"au Jibun"},
	"0040":    {"Aeon"},
	"0042":    {"Lawson"},
	"0200":    {"Wise"},
	"0310":    {"GMO Aozora Net", "GANB"},
	"0397":    {"新生", "Shinsei"},
	YuchoCode: {"郵便貯金", "郵貯", "Japan Post", "JP Bank", "Yucho"},
}

// genericWords do not tell institutions apart, folded as queries are.
var genericWords = map[string]bool{
	"銀行": true, "ギンコウ": true, "ginko": true, "ginkou": true, "bank": true,
	"支店": true, "シテン": true, "shiten": true, "branch": true,
}

// shorten writes an institution's or a branch's kind as the banks' table does:
// 信用金庫 is 信金 there, and 銀行 and 支店 are left out.
func shorten(s string) string {
	s = strings.TrimSpace(s)
	for _, tail := range []string{"銀行", "支店", "ぎんこう", "ギンコウ", "してん", "シテン"} {
		if head, ok := strings.CutSuffix(s, tail); ok && strings.TrimSpace(head) != "" {
			s = head
		}
	}
	return kinds.Replace(s)
}

var kinds = strings.NewReplacer(
	"信用金庫", "信金", "信用組合", "信組", "労働金庫", "労金",
	"信用農業協同組合連合会", "信連", "信用漁業協同組合連合会", "信漁連",
	"農業協同組合", "農協", "漁業協同組合", "漁協",
	"しんようきんこ", "シンキン", "シンヨウキンコ", "シンキン",
	"しんようくみあい", "シンクミ", "シンヨウクミアイ", "シンクミ",
)
