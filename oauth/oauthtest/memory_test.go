package oauthtest_test

import (
	"testing"

	"example.org/hub/oauth/oauthtest"
)

func TestMemoryPassesTheSuite(t *testing.T) {
	oauthtest.Run(t, func(t *testing.T) *oauthtest.Fixture {
		return oauthtest.NewMemory(t, "production", "https://hub.example.test").Fixture(t)
	})
}
