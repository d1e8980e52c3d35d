package server

import "time"

// Shorten sets deadlines that a test can wait for. Zero leaves the standard.
func (o *Options) Shorten(header, body, idle, stop, reload time.Duration) {
	o.times = times{header: header, body: body, idle: idle, stop: stop, reload: reload}
}
