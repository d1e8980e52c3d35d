package server

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
)

// writePEM puts a file in place as a whole, readable by its owner only. The bytes are on disk before the name is.
func writePEM(file, kind string, der []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	err = pem.Encode(temporary, &pem.Block{Type: kind, Bytes: der})
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
