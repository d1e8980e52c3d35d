package jose_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth/jose"
	"pgregory.net/rapid"
)

func TestObjectIsReadUnderExactNames(t *testing.T) {
	o, err := jose.ParseObject([]byte(" {\"exp\" : 12, \"a\\u0075d\":[\"x\", \"y\"],\"n\":{\"k\":[{},[],-1.5e3,null]} ,\"e\":\"\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(o) != 4 || string(o["exp"]) != "12" || string(o["n"]) != `{"k":[{},[],-1.5e3,null]}` {
		t.Errorf("members are %s", o)
	}
	if aud, err := o.Strings("aud"); err != nil || !slices.Equal(aud, []string{"x", "y"}) {
		t.Errorf("aud = %q, %v", aud, err)
	}
	if o.Has("EXP") || o.Has("Exp") {
		t.Error("a name was found in another case")
	}
}

func TestObjectRefusesWhatCanBeReadInTwoWays(t *testing.T) {
	many := "{"
	for i := range 300 {
		many += `"` + strings.Repeat("n", i+1) + `":1,`
	}
	for name, text := range map[string]string{
		"empty":                    ``,
		"white space":              ` `,
		"array":                    `[]`,
		"string":                   `"{}"`,
		"null":                     `null`,
		"two objects":              `{}{}`,
		"cut":                      `{"a":1`,
		"trailing comma":           `{"a":1,}`,
		"comment":                  `{"a":1}//`,
		"same name twice":          `{"a":1,"b":2,"a":1}`,
		"same name escaped":        `{"alg":1,"\u0061lg":2}`,
		"another case":             `{"exp":1,"EXP":2}`,
		"Kelvin sign folds to k":   `{"kid":1,"\u212aid":2}`,
		"long s folds to s":        `{"iss":1,"is\u017f":2}`,
		"deep duplicate":           `{"a":[{"b":{"c":1,"c":2}}]}`,
		"not UTF-8":                "{\"a\":\"\xff\"}",
		"names that are not UTF-8": "{\"\xff\":1,\"\xfe\":2}",
		"too deep":                 `{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		"too deep objects":         strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
		"too many names":           many + `"z":1}`,
	} {
		if o, err := jose.ParseObject([]byte(text)); !errors.Is(err, jose.ErrObject) {
			t.Errorf("%s: got %v, %v", name, o, err)
		}
	}
}

func TestObjectValuesHaveOneKind(t *testing.T) {
	o, err := jose.ParseObject([]byte(`{"null":null,"n":1,"s":"x","mixed":["a",1],"nulls":["a",null],"object":{},"b":true,
		"f":1.5,"neg":-1,"big":1e300,"huge":1e999,"year10000":253402300800,"last":253402300799}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"null", "n", "object", "mixed", "b"} {
		if got, err := o.String(name); err == nil {
			t.Errorf("String(%s) = %q", name, got)
		}
	}
	for _, name := range []string{"null", "n", "mixed", "nulls", "object"} {
		if got, err := o.Strings(name); err == nil {
			t.Errorf("Strings(%s) = %q", name, got)
		}
	}
	for _, name := range []string{"null", "s", "big", "huge", "year10000", "object", "b"} {
		if got, err := o.Time(name); err == nil {
			t.Errorf("Time(%s) = %v", name, got)
		}
	}
	for _, name := range []string{"null", "s", "n"} {
		if got, err := o.Bool(name); err == nil {
			t.Errorf("Bool(%s) = %v", name, got)
		}
	}
	if got, err := o.Time("f"); err != nil || !got.Equal(time.UnixMilli(1500)) {
		t.Errorf("Time(f) = %v, %v", got, err)
	}
	if got, err := o.Time("neg"); err != nil || got.Unix() != -1 {
		t.Errorf("Time(neg) = %v, %v", got, err)
	}
	if got, err := o.Time("last"); err != nil || got.Year() != 9999 {
		t.Errorf("Time(last) = %v, %v", got, err)
	}
	if got, err := o.Time("absent"); err != nil || !got.IsZero() {
		t.Errorf("Time(absent) = %v, %v", got, err)
	}
	if got, err := o.Bool("b"); err != nil || !got {
		t.Errorf("Bool(b) = %v, %v", got, err)
	}
	if got, err := o.Strings("s"); err != nil || !slices.Equal(got, []string{"x"}) {
		t.Errorf("Strings(s) = %q, %v", got, err)
	}
}

// A struct filled by encoding/json and a strict object agree on every object that encoding/json itself writes.
func TestObjectAgreesWithTheEncoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,8}`), rapid.String(), 0, 20).Draw(t, "members")
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		o, err := jose.ParseObject(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var back map[string]string
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if len(o) != len(back) {
			t.Fatalf("%d members, expected %d", len(o), len(back))
		}
		for name, value := range back {
			if got, err := o.String(name); err != nil || got != value {
				t.Fatalf("%q = %q, %v; expected %q", name, got, err, value)
			}
		}
	})
}

func FuzzParseObject(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,{"b":"\""}],"c":"\\"}`, `{"a":{"b":1},"c":-0.1e-7}`, `[{}]`, `{"a":"x\u0022"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := jose.ParseObject(data)
		if err != nil {
			return
		}
		var loose map[string]json.RawMessage
		if err := json.Unmarshal(data, &loose); err != nil {
			t.Fatalf("encoding/json refuses what was accepted: %v", err)
		}
		if len(loose) != len(o) {
			t.Fatalf("encoding/json sees %d names, we see %d", len(loose), len(o))
		}
		for name, raw := range o {
			if string(loose[name]) != string(raw) {
				t.Fatalf("%q is %q to encoding/json and %q to us", name, loose[name], raw)
			}
			_, _ = o.String(name)
			_, _ = o.Strings(name)
			_, _ = o.Bool(name)
			if at, err := o.Time(name); err == nil && math.Abs(float64(at.Unix())) > 253402300799 {
				t.Fatalf("a time beyond the bound: %v", at)
			}
		}
	})
}
