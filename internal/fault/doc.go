// Package fault is the one error type of Hub and its kinds.
//
// A room that refuses something returns a *fault.Error; each wire (OAuth JSON, REST JSON, payments JSON, page) has one
// writer with one table from Kind to its own form. An error which is not a *fault.Error is Internal there: logged once
// with its cause, shown as an id only.
//
// Start reading at Error. What does not live here: the RFC 6749 error codes (package oauth) and every wire form.
package fault
