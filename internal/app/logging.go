package app

import (
	"fmt"
	"io"
	"log/slog"

	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
	"go.uber.org/zap/zapcore"
)

// NewLogger writes JSON lines of at least the given level ("debug", "info",
// "warn", "error") to w. Whoever logs passes ids, codes and durations only:
// names, account numbers and addresses never reach a log.
func NewLogger(level string, w io.Writer) (*slog.Logger, error) {
	least, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	enc := zap.NewProductionEncoderConfig()
	enc.TimeKey = "time"
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.Lock(zapcore.AddSync(w)), least)
	return slog.New(zapslog.NewHandler(core)), nil
}
