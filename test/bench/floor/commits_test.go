package main

import (
	"path/filepath"
	"testing"
	"time"
)

func TestTheFloorCommitsWhatManyConnectionsUse(t *testing.T) {
	rate, err := commits(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "floor.db"), 8, 200*time.Millisecond)
	if err != nil || rate <= 0 {
		t.Errorf("%v uses per second, %v", rate, err)
	}
}
