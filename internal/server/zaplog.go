package server

import (
	"context"
	"log/slog"

	"go.uber.org/zap/zapcore"
)

// zapToSlog writes certmagic's log into ours.
type zapToSlog struct{ handler slog.Handler }

func (z zapToSlog) Enabled(level zapcore.Level) bool {
	return z.handler.Enabled(context.Background(), slogLevel(level))
}

func (z zapToSlog) With(fields []zapcore.Field) zapcore.Core {
	return zapToSlog{z.handler.WithAttrs(slogAttrs(fields))}
}

func (z zapToSlog) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if z.Enabled(entry.Level) {
		return checked.AddCore(entry, z)
	}
	return checked
}

func (z zapToSlog) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	record := slog.NewRecord(entry.Time, slogLevel(entry.Level), "acme: "+entry.Message, 0)
	record.AddAttrs(slogAttrs(fields)...)
	return z.handler.Handle(context.Background(), record)
}

func (z zapToSlog) Sync() error { return nil }

func slogAttrs(fields []zapcore.Field) []slog.Attr {
	encoder := zapcore.NewMapObjectEncoder()
	attrs := make([]slog.Attr, 0, len(fields))
	for _, field := range fields {
		field.AddTo(encoder)
	}
	for key, value := range encoder.Fields {
		attrs = append(attrs, slog.Any(key, value))
	}
	return attrs
}

func slogLevel(level zapcore.Level) slog.Level {
	switch {
	case level >= zapcore.ErrorLevel:
		return slog.LevelError
	case level == zapcore.WarnLevel:
		return slog.LevelWarn
	case level == zapcore.InfoLevel:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}
