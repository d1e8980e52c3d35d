package passkey

import "crypto/sha256"

// leastChallenge is how many bytes of chance a challenge needs (Web Authentication section 13.4.3).
const leastChallenge = 16

// Expected is what a ceremony is held against. All of it is the server's own knowledge, nothing of it comes with the answer.
type Expected struct {
	Challenge []byte // as it was sent to the browser, and to no other
	Origin    string // of the pages, such as https://hub.example.com
	Site      string // id of the relying party: the host, such as hub.example.com
}

// Failure says which check of a ceremony failed. It is for logs and tests; people are told no more than that it did not work.
type Failure struct {
	Check string // name of the check
	Cause error  // may be nil
}

func (f *Failure) Error() string {
	if f.Cause == nil {
		return "the passkey failed the check: " + f.Check
	}
	return "the passkey failed the check: " + f.Check + ": " + f.Cause.Error()
}

func (f *Failure) Unwrap() error { return f.Cause }

// check is one step of a ceremony. holds may leave what it has read for the steps behind it.
type check[C any] struct {
	name  string
	holds func(*C) (bool, error)
}

// run goes through the steps until one fails.
func run[C any](ceremony *C, checks []check[C]) error {
	for _, c := range checks {
		if holds, err := c.holds(ceremony); err != nil || !holds {
			return &Failure{Check: c.name, Cause: err}
		}
	}
	return nil
}

// spoken is what both ceremonies have in common: a browser and an authenticator that answered.
type spoken struct {
	Expected
	client clientData
	data   authenticatorData
}

func (s *spoken) challenged() (bool, error) { return s.client.answers(s.Challenge), nil }
func (s *spoken) atHome() (bool, error)     { return s.client.Origin == s.Origin, nil }

// unframed refuses what came from a frame in a page of another origin: ours are never framed.
func (s *spoken) unframed() (bool, error) {
	return !s.client.CrossOrigin && s.client.TopOrigin == "", nil
}

func (s *spoken) ofSite() (bool, error)   { return s.data.site == sha256.Sum256([]byte(s.Site)), nil }
func (s *spoken) present() (bool, error)  { return s.data.has(flagPresent), nil }
func (s *spoken) verified() (bool, error) { return s.data.has(flagVerified), nil }

// backedUp refuses a copy of what cannot be copied.
func (s *spoken) backedUp() (bool, error) {
	return s.data.has(flagEligible) || !s.data.has(flagBackedUp), nil
}
