package oauth

import (
	"encoding/json"
	"fmt"
	"slices"

	"example.org/hub/oauth/jose"
)

// ClaimsRequest is what the claims parameter wishes to be told, by the place it wishes to be told it in (OpenID Connect Core
// 1.0 section 5.5).
type ClaimsRequest struct {
	UserInfo map[string]ClaimWish
	IDToken  map[string]ClaimWish
}

// ClaimWish is one claim wished for.
type ClaimWish struct {
	Essential bool
	Values    []string // those of string kind that would do; empty: any
}

// maxWishes bounds the claims of one request.
const maxWishes = 100

func parseClaimsRequest(text string) (ClaimsRequest, error) {
	if text == "" {
		return ClaimsRequest{}, nil
	}
	object, err := jose.ParseObject([]byte(text))
	if err != nil {
		return ClaimsRequest{}, err
	}
	var request ClaimsRequest
	for place, into := range map[string]*map[string]ClaimWish{"userinfo": &request.UserInfo, "id_token": &request.IDToken} {
		if !object.Has(place) || string(object[place]) == "null" {
			continue
		}
		if *into, err = parseWishes(object[place]); err != nil {
			return ClaimsRequest{}, fmt.Errorf("%s: %w", place, err)
		}
	}
	return request, nil
}

func parseWishes(raw json.RawMessage) (map[string]ClaimWish, error) {
	members, err := jose.ParseObject(raw)
	if err != nil {
		return nil, err
	}
	if len(members) > maxWishes {
		return nil, fmt.Errorf("more than %d claims", maxWishes)
	}
	wishes := make(map[string]ClaimWish, len(members))
	for name, value := range members {
		wish := ClaimWish{}
		if string(value) != "null" {
			details, err := jose.ParseObject(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if wish.Essential, err = details.Bool("essential"); err != nil {
				return nil, err
			}
			one, _ := details.String("value") // other kinds than text are wishes nobody here can hold against anything
			many, _ := details.Strings("values")
			if one != "" {
				many = append(many, one)
			}
			wish.Values = many
		}
		wishes[name] = wish
	}
	return wishes, nil
}

// subject is the user id that the answer must be about; empty: no wish.
func (r ClaimsRequest) subject() string {
	for _, wishes := range []map[string]ClaimWish{r.IDToken, r.UserInfo} {
		if wish := wishes["sub"]; len(wish.Values) == 1 {
			return wish.Values[0]
		}
	}
	return ""
}

// scopeClaims are the claims that a scope item asks for (OpenID Connect Core 1.0 section 5.4); groups is ours.
var scopeClaims = map[string][]string{
	ScopeProfile: {"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender",
		"birthdate", "zoneinfo", "locale", "updated_at"},
	ScopeEmail:  {"email", "email_verified"},
	ScopeGroups: {"groups"},
}

// mayTell reports whether a claim may be told under these scope items: it belongs to one of them, or was wished for by name.
func mayTell(claim string, items []string, wishes map[string]ClaimWish) bool {
	if _, wished := wishes[claim]; wished {
		return true
	}
	return slices.ContainsFunc(items, func(item string) bool { return slices.Contains(scopeClaims[item], claim) })
}
