package blackbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Program is the variable that names a program that was built for the tests of many packages. Without it each builds its own.
const Program = "HUB_TEST_PROGRAM"

// built is found or made by the first test that needs it; Main takes away what was made.
var built = sync.OnceValues(build)

func build() (string, error) {
	if file := os.Getenv(Program); file != "" {
		return filepath.Abs(file)
	}
	folder, err := os.MkdirTemp("", "hub-blackbox-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "hub")
	command := exec.Command("go", "build", "-o", file, "example.org/hub/cmd/hub")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		_ = os.RemoveAll(folder)
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return file, nil
}

// Main runs the tests of a package and then takes away what they built. Its result is for os.Exit.
func Main(m *testing.M) int {
	code := m.Run()
	if file, err := built(); err == nil && os.Getenv(Program) == "" {
		_ = os.RemoveAll(filepath.Dir(file))
	}
	return code
}

// Binary gives the path of the program.
func Binary(t testing.TB) string {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return file
}
