package hub

import "time"

// What is measured for the dashboard.
const (
	MeasuredSignIns  = "sign-in" // without a label
	MeasuredTokens   = "token"   // by door
	MeasuredRefusals = "refusal" // by cause
	MeasuredServices = "service" // tokens issued, by the id of the service that asked
	MeasuredOpened   = "opened"  // sign-ins to a service, by its id
	MeasuredHashes   = "hash"    // of passwords: done or refused, since too many waited
)

// Busy is how much a service was asked for.
type Busy struct {
	ServiceID       string
	Tokens, SignIns int64
}

// Measured is how often something happened within an hour, or a longer step.
type Measured struct {
	Environment Environment // empty: it belongs to none
	Measure     string
	At          time.Time // when it began
	Label       string
	Count       int64
}
