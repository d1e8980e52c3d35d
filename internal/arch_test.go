package internal_test

import (
	"strings"
	"testing"
)

// module is the path of the module whose rooms are listed here.
const module = "example.org/hub"

// room is one package of the house. Whoever adds a package adds its room to floors.
type room struct {
	path   string   // below the module; "x/..." is every package at or below x
	only   []string // when set: the only rooms its code may import
	never  []string // rooms (or trees, "x/...") its code may not import although they lie lower
	forUse use      // who may import it
}

// use says for whom a room is.
type use uint8

const (
	forAll   use = iota
	forTests     // test code only: suites and fakes that a program must not link
)

// floors is the house, lowest floor first. A room's code imports only rooms on lower floors; its tests may also import rooms
// for tests on any floor, and so do those rooms themselves. The last floor is the outside: no code below imports it.
var floors = [][]room{
	0: {
		{path: "internal"},
		{path: "api"},
		{path: "internal/fault"},
		{path: "internal/secret"},
		{path: "internal/limit"},
		{path: "internal/passkey"},
		{path: "internal/fetch"},
		{path: "internal/metrics"},
	},
	1: {
		{path: "internal/hub", only: []string{"internal/fault"}},
		{path: "internal/query"},
		{path: "oauth/jose", only: []string{}},
	},
	2: {
		{path: "oauth", only: []string{"oauth/jose"}},
		{path: "internal/store", only: []string{"internal/hub", "internal/query", "internal/fault", "internal/secret"}},
		{path: "resource", never: []string{"internal/..."}},
	},
	3: {
		{path: "oauth/oauthhttp", never: []string{"internal/..."}},
		{path: "oauth/oauthtest", never: []string{"internal/..."}, forUse: forTests},
		{path: "internal/store/storetest", forUse: forTests},
		{path: "internal/keyring"},
		{path: "internal/audit"},
		{path: "internal/signin"},
		{path: "internal/directory"},
		{path: "internal/credential"},
		{path: "internal/mail"},
		{path: "internal/once"},
	},
	4: {
		{path: "internal/provider"},
		{path: "internal/declare"},
		{path: "internal/upkeep"},
	},
	5: {
		{path: "internal/rest", never: []string{"internal/store"}},
		{path: "internal/doors", never: []string{"internal/store"}},
		{path: "internal/web", never: []string{"internal/store"}},
		{path: "examples/...", never: []string{"internal/..."}},
	},
	6: {
		{path: "internal/server"},
		{path: "internal/config"},
		{path: "internal/demo"},
	},
	7: {
		{path: "cmd/hub"},
		{path: "test/...", forUse: forTests},
	},
}

// confined lists the packages of the standard library that only some rooms may import; a package stands for all below it. It
// binds a room's code, not its tests.
var confined = map[string][]string{
	"net/http": {"resource", "internal/fetch", "oauth/oauthhttp", "internal/rest", "internal/doors", "internal/web", "internal/server", "internal/demo",
		"examples/...", "test/..."},
	"database/sql":  {"internal/store", "internal/store/storetest", "test/..."},
	"html/template": {"internal/web", "internal/demo", "internal/mail", "oauth/oauthhttp", "examples/...", "test/..."},
}

// owners names the one room that may import an outside module. golang.org/x is left out: it is the standard library's annexe.
var owners = map[string]string{
	"github.com/BurntSushi/toml":       "internal/config",
	"github.com/alecthomas/kong":       "cmd/hub",
	"github.com/caddyserver/certmagic": "internal/server",
	"github.com/coreos/go-oidc/v3":     "internal/demo",
	"github.com/go-jose/go-jose/v4":    "oauth/jose",
	"github.com/goccy/go-yaml":         "internal/declare",
	"github.com/google/uuid":           "internal/hub",
	"github.com/jackc/pgx/v5":          "internal/store",
	"github.com/libdns/libdns":         "internal/server",
	"github.com/mholt/acmez/v3":        "internal/server",
	"github.com/ncruces/go-sqlite3":    "internal/store",
	"github.com/pquerna/otp":           "internal/signin",
	"github.com/wneessen/go-mail":      "internal/mail",
	"go.uber.org/zap":                  "internal/server",
}

// testModules are the outside modules that only test code imports, in any room.
var testModules = []string{
	"github.com/chromedp/cdproto",
	"github.com/chromedp/chromedp",
	"github.com/getkin/kin-openapi",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"pgregory.net/rapid",
}

// statementRooms may hold SQL text.
var statementRooms = []string{"internal/store", "internal/store/storetest", "test/..."}

// stateAllowed lists package variables that change although none should, each with its reason.
var stateAllowed = map[string]string{
	"cmd/hub.version":           "set by the linker",
	"cmd/hub.commit":            "set by the linker",
	"internal/store.statements": "grows only while package variables are made, so that a test can prepare every statement on both databases",
}

// The end of a file's length. Most files are far below: 80 to 250 lines feel right.
const (
	maxLines     = 600
	maxTestLines = 1000
)

func TestTheHouseKeepsItsFloors(t *testing.T) {
	packages := listPackages(t)
	if breaches := house.check(packages); len(breaches) > 0 {
		t.Errorf("%d breaches:\n%s", len(breaches), strings.Join(breaches, "\n"))
	}
}

// house is the table above in the form that check reads.
var house = plan{
	module:      module,
	floors:      floors,
	confined:    confined,
	owners:      owners,
	testModules: testModules,
	statements:  statementRooms,
	state:       stateAllowed,
}
