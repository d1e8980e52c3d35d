package clients_test

import (
	"os"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
)

// The modules of the OpenID Foundation's certification plans for providers, by name, with what each demands, performed by a
// relying party of our own. docs/conformance.md says how they stand.

func TestTheConformanceModulesOfTheCorePlans(t *testing.T) {
	h, provider := certified(t)
	for _, mode := range []string{"", "form_post"} {
		for _, kind := range []string{"code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"} {
			plan := &attempt{T: t, h: h, provider: provider, kind: kind, mode: mode}
			plan.client = plan.register(nil)
			t.Run(strings.TrimSpace(kind+" "+mode), func(t *testing.T) {
				t.Parallel() // some modules wait for a second to pass
				plan.perform(t, coreModules)
			})
		}
	}
}

func TestTheConformanceModulesOfTheDynamicPlan(t *testing.T) {
	shelf := newShelf(t)
	h, provider := certified(t, "--fetch-allow", "127.0.0.0/8")
	plan := &attempt{T: t, h: h, provider: provider, kind: "code"}
	plan.client = plan.register(nil)
	plan.perform(t, dynamicModules(shelf))
}

func TestTheConformanceModulesOfTheLogoutPlan(t *testing.T) {
	h, provider := certified(t)
	plan := &attempt{T: t, h: h, provider: provider, kind: "code"}
	plan.client = plan.register(nil)
	plan.perform(t, logoutModules)
}

// certified starts a hub where clients register themselves.
func certified(t *testing.T, args ...string) (*site, *oidc.Provider) {
	t.Helper()
	h := serve(t, append([]string{"--registration", "open"}, args...)...)
	provider, err := oidc.NewProvider(oidc.ClientContext(t.Context(), h.Client), h.URL)
	if err != nil {
		t.Fatal(err)
	}
	return h, provider
}

// perform runs each module that is for the response type.
func (x *attempt) perform(t *testing.T, modules []module) {
	for _, m := range modules {
		if m.fits != nil && !m.fits(x) {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			own := *x
			own.T = t
			m.run(&own)
		})
	}
}

// docs/conformance.md has a line for each module, and for no other.
func TestEveryConformanceModuleHasItsLine(t *testing.T) {
	page, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, line := range strings.Split(string(page), "\n") {
		if name, _, found := strings.Cut(strings.TrimPrefix(line, "| `"), "` |"); found && strings.HasPrefix(name, "oidcc-") {
			named[name] = true
		}
	}
	for _, modules := range [][]module{coreModules, dynamicModules(nil), logoutModules} {
		for _, m := range modules {
			if !named[m.name] {
				t.Errorf("docs/conformance.md lacks %s", m.name)
			}
			delete(named, m.name)
		}
	}
	for name := range named {
		t.Errorf("docs/conformance.md names %s, which is performed nowhere", name)
	}
}
