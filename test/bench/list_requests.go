package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	throng "example.org/hub/test/crowd"
)

// listed is one kind of list to ask for: its parameters, for the n-th of some users.
type listed struct {
	name string
	ask  func(n int) url.Values
}

var listKinds = []listed{
	{"first page", func(int) url.Values { return url.Values{} }},
	{"first page by name, backwards", func(int) url.Values { return url.Values{"orderBy": {"name:desc"}} }},
	{"query by login", func(n int) url.Values { return url.Values{"query": {"login: " + throng.User(n).Login}} }},
	{"query by e-mail address", func(n int) url.Values { return url.Values{"query": {"email: " + throng.User(n).Email}} }},
	{"query by word of a name, or its beginning", func(n int) url.Values {
		word := fmt.Sprintf("surname%07d", n)
		return url.Values{"query": {word + " or " + word + "*"}}
	}},
}

// asks is how many different requests of one kind are sent in turn.
const asks = 500

// listContenders gives a hub with each kind of request; the last is users/me.
func (b *bench) listContenders(ctx context.Context, on *hubServer, users int) ([]*contender, error) {
	bearer := "Bearer " + on.target.filled.tokens[0]
	var all []*contender
	add := func(name string, requests [][]byte) {
		one := &contender{name: name, process: on.process, load: on.wire}
		one.load.requests = requests
		all = append(all, one)
	}
	for _, kind := range listKinds {
		add(kind.name, list(asks, func(n int) []byte {
			parameters := kind.ask(1 + n*(users-1)/asks)
			parameters.Set("$top", "100")
			parameters.Set("fields", "id,login,name")
			return get(on.target.host, "/api/rest/users?"+parameters.Encode(), bearer)
		}))
	}
	b.tell(fmt.Sprintf("walks over %s users", thousands(users)))
	steps, err := on.walk(ctx, bearer, users)
	if err != nil {
		return nil, err
	}
	add("step of a walk, from beginning to end", steps)
	add("users/me", [][]byte{get(on.target.host, "/api/rest/users/me", bearer)})
	return all, nil
}

// walk follows next from the first page to the last, and gives requests for steps spread over the whole way.
func (h *hubServer) walk(ctx context.Context, bearer string, users int) ([][]byte, error) {
	opened, err := h.wire.open(ctx)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	next, seen := "/api/rest/users?fields=id,login,name&$top=100", 0
	var steps [][]byte
	every := max(users/100/asks, 1)
	for page := 0; next != ""; page++ {
		request := get(h.target.host, next, bearer)
		if page%every == 0 {
			steps = append(steps, request)
		}
		body, err := opened.ask(request)
		if err != nil {
			return nil, err
		}
		var answer struct {
			Users []json.RawMessage `json:"users"`
			Next  string            `json:"next"`
			Total int               `json:"total"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return nil, err
		}
		if seen += len(answer.Users); answer.Next == "" && seen != answer.Total {
			return nil, fmt.Errorf("a walk passed %d users, and the total is %d", seen, answer.Total)
		}
		if next = ""; answer.Next != "" {
			address, err := url.Parse(answer.Next)
			if err != nil {
				return nil, err
			}
			next = address.RequestURI()
		}
	}
	return steps, nil
}
