package oauth

import "maps"

// Parameters are the parameters of an authorization request by name, each with all its values in the order they came.
type Parameters map[string][]string

// Get gives the first value of a parameter, empty if there is none.
func (p Parameters) Get(name string) string {
	if values := p[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// repeated gives a parameter that stands more than once although it may not (RFC 6749 section 3.1); resource may (RFC 8707
// section 2).
func (p Parameters) repeated() (name string, found bool) {
	for name, values := range p {
		if len(values) > 1 && name != "resource" {
			return name, true
		}
	}
	return "", false
}

// without gives a copy that lacks some parameters.
func (p Parameters) without(names ...string) Parameters {
	rest := maps.Clone(p)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}
