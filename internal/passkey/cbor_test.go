package passkey

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestOnlyTheNotationOfAuthenticatorsIsRead(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		good bool
	}{
		"a number": {"1818", true}, "a map": {"a2010203f5", true}, "null in an array": {"81f6", true}, "four levels": {"8181818100", true},
		"nothing": {"", false}, "five levels": {"818181818100", false},
		"not the shortest": {"1817", false}, "not the shortest in two": {"190017", false},
		"of indefinite length": {"9f00ff", false}, "a tag": {"c000", false}, "a float": {"81f93c00", false},
		"undefined": {"81f7", false}, "a key twice": {"a201020103", false},
		"a list as a key": {"a18000", false}, "bytes as a key": {"a1410000", false},
		"more than there is": {"42ff", false}, "a length beyond all": {"5bffffffffffffffff", false},
		"something behind it": {"0000", false}, "broken text": {"61ff", false}, "too many items": {"9841" + strings.Repeat("00", 65), false},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := hex.DecodeString(row.text)
			if err != nil {
				t.Fatal(err)
			}
			if item, err := readItem(data); (err == nil) != row.good {
				t.Errorf("%s is %v, %v", row.text, item, err)
			}
		})
	}
}

func FuzzWhatAnAuthenticatorSendsIsReadOrRefused(f *testing.F) {
	for _, text := range []string{"a2010203f5", "9f00ff", "5bffffffffffffffff", "a5010203262001215820", strings.Repeat("81", 100)} {
		data, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = readItem(data)
		_, _ = readData(data)
		_, _ = readKey(data)
	})
}
