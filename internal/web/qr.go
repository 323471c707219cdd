package web

import (
	"errors"
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white margin of a QR code in modules (ISO/IEC 18004: four).
const quiet = 4

// qrCode is a QR code for an inline picture: the policy lets no page load images
// from data, and no address may hold the numbers.
type qrCode struct {
	Size int    // of a side, in modules, with the margin
	Path string // the dark modules, as SVG path data
}

// qrText is what the code says: "SOUKIN-ATM:partner/customer/confirmation". All
// of it is in the alphanumeric mode, which keeps the code small.
func qrText(n Numbers) string {
	return "SOUKIN-ATM:" + n.Partner + "/" + n.Customer + "/" + n.Confirmation
}

func newQR(n Numbers) (qrCode, error) {
	code, err := qr.Encode(qrText(n), qr.M, qr.AlphaNumeric)
	if err != nil {
		// The cause may repeat the numbers.
		return qrCode{}, errors.New("the ATM numbers do not fit a QR code")
	}
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			run := 0
			for x+run < side && dark(code.At(x+run, y)) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return qrCode{Size: side + 2*quiet, Path: path.String()}, nil
}

func dark(c color.Color) bool {
	lightness, _, _, _ := c.RGBA()
	return lightness == 0
}
