// Package paymentlink is the endpoint of the example API: POST /v1/payment-link, for callers with a token of Hub.
//
// Handler is all of it. It shows what an API owner writes: a mux, a handler that reads and answers JSON, and a Verifier of
// package resource around both. It keeps nothing; a link it gives leads nowhere.
package paymentlink
