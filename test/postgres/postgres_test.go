package postgres_test

import (
	"net"
	"testing"

	"example.org/hub/test/postgres"
)

func TestEveryStartGivesItsOwnDatabase(t *testing.T) {
	if first, second := postgres.Start(t), postgres.Start(t); first == second {
		t.Errorf("both are %s", first)
	}
}

func TestAServerStopsAndStartsOnTheSameAddress(t *testing.T) {
	server := postgres.New(t)
	answers := func() bool {
		conn, err := net.Dial("tcp", server.Address())
		if err == nil {
			conn.Close()
		}
		return err == nil
	}
	server.Stop(t)
	if answers() {
		t.Error("it answers though stopped")
	}
	server.Start(t)
	server.Pause(t)
	server.Resume(t)
	server.Kill(t)
	if answers() {
		t.Error("it answers though killed")
	}
	server.Start(t)
	if !answers() {
		t.Error("it does not answer though started again")
	}
	server.Database(t)
}
