package paymentlink

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"example.org/hub/resource"
)

// Permission is what a caller needs to create a link.
const Permission = "payments:create"

const maxBody = 64 << 10 // bytes

// request is what a caller sends. Amount is in the currency's smallest unit.
type request struct {
	OrderID  string `json:"order_id"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// answer is what a caller gets.
type answer struct {
	LinkID      string `json:"link_id"`
	PaymentLink string `json:"payment_link"`
}

// Handler serves the whole API. Every request needs a good token; creating a link also needs Permission, wherever the token
// says what it permits. Offline it does so only if the service asks for entitlements in its tokens: without them a token
// for this service is permission enough.
func Handler(v *resource.Verifier) http.Handler {
	permitted := v.Require(Permission)(http.HandlerFunc(create))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/payment-link", func(w http.ResponseWriter, r *http.Request) {
		if token, _ := resource.FromContext(r.Context()); token.Permissions == nil {
			create(w, r)
			return
		}
		permitted.ServeHTTP(w, r)
	})
	mux.HandleFunc("/v1/payment-link", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		resource.WriteError(w, r, resource.NewError(http.StatusMethodNotAllowed))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		resource.WriteError(w, r, resource.NewError(http.StatusNotFound))
	})
	return v.Middleware(mux)
}

// create answers POST /v1/payment-link.
func create(w http.ResponseWriter, r *http.Request) {
	if _, err := read(w, r); err != nil {
		resource.WriteError(w, r, err)
		return
	}
	id := strings.ToLower(rand.Text())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer{LinkID: id, PaymentLink: "https://pay.example.test/v1/" + id}) // the caller may have gone
}

// read takes the body and says of every parameter at once what is wrong with it.
func read(w http.ResponseWriter, r *http.Request) (request, error) {
	var sent request
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return sent, invalid(http.StatusUnsupportedMediaType, "Content-Type", "must be application/json")
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	err := decoder.Decode(&sent)
	var tooLong *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLong):
		return sent, invalid(http.StatusRequestEntityTooLarge, "body", "is longer than 64 kB")
	case errors.As(err, &wrong) && wrong.Field != "":
		return sent, invalid(http.StatusBadRequest, wrong.Field, "is a "+wrong.Value+", which is not what is expected here")
	case err != nil:
		return sent, invalid(http.StatusBadRequest, "body", "is not a JSON object")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return sent, invalid(http.StatusBadRequest, "body", "holds more than one JSON object")
	}
	refusal := resource.NewError(http.StatusBadRequest)
	wrongIf := func(wrong bool, parameter, reason string) {
		if wrong {
			refusal.InvalidParameters = append(refusal.InvalidParameters, resource.InvalidParameter{Parameter: parameter, Reason: reason})
		}
	}
	letters := strings.Trim(strings.ToLower(sent.Currency), "abcdefghijklmnopqrstuvwxyz") == ""
	wrongIf(sent.OrderID == "" || len(sent.OrderID) > 50, "order_id", "must be 1 to 50 characters long")
	wrongIf(sent.Amount <= 0, "amount", "must be a whole number above 0, in the currency's smallest unit")
	wrongIf(len(sent.Currency) != 3 || !letters, "currency", "must be a code of three letters, such as GBP")
	if len(refusal.InvalidParameters) > 0 {
		return sent, refusal
	}
	return sent, nil
}

func invalid(status int, parameter, reason string) error {
	refusal := resource.NewError(status)
	refusal.InvalidParameters = []resource.InvalidParameter{{Parameter: parameter, Reason: reason}}
	return refusal
}
