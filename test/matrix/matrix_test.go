package matrix_test

import (
	"testing"
)

// The controls, by the names of the rule, in its order.
const (
	bannedAccount    = "account banned"
	disabledClient   = "service, app or API client disabled or deleted"
	lockOut          = "lock-out and rate limit"
	ipAllowlist      = "IP allowlist"
	environmentBound = "environment"
	groupFactor      = "group requires a second factor"
	scopeConfinement = "scope confinement"
	audienceBound    = "audience"
	consentGone      = "consent withdrawn"
	passwordIsNew    = "password changed since"
	expiry           = "expiry"
	oneEvent         = "one event or count with the same fields"
)

func controls() []string {
	return []string{bannedAccount, disabledClient, lockOut, ipAllowlist, environmentBound, groupFactor, scopeConfinement, audienceBound, consentGone,
		passwordIsNew, expiry, oneEvent}
}

// verdict is a cell: what is tried out there, or the reason why door and control cannot meet. A verdict that is not plain to
// see has both.
type verdict struct {
	try func(*scene)
	why string
}

func tried(try func(*scene)) verdict               { return verdict{try: try} }
func because(why string, try func(*scene)) verdict { return verdict{try, why} }

// cannot says why a control and a door do not meet.
func cannot(why string) verdict { return verdict{why: why} }

// shortest is the least that a reason can be said in.
const shortest = 40

func TestNoCellOfTheMatrixIsEmpty(t *testing.T) {
	rows, reasons := table(), map[string]string{}
	for _, d := range doors() {
		for _, control := range controls() {
			cell, there := rows[d.name][control]
			place := d.name + " x " + control
			switch {
			case !there, cell.try == nil && cell.why == "":
				t.Errorf("%s: the cell is empty", place)
			case cell.why != "" && len(cell.why) < shortest:
				t.Errorf("%s: %q is no reason yet", place, cell.why)
			case cell.why != "" && reasons[cell.why] != "":
				t.Errorf("%s: has the reason of %s word for word; say what it is here", place, reasons[cell.why])
			}
			reasons[cell.why] = place
			delete(rows[d.name], control)
		}
		for control := range rows[d.name] {
			t.Errorf("%s x %s: there is no such control", d.name, control)
		}
		delete(rows, d.name)
	}
	for name := range rows {
		t.Errorf("%s: there is no such door", name)
	}
}

func TestEveryControlHoldsAtEveryDoor(t *testing.T) {
	for _, h := range serve(t) {
		t.Run(string(h.environment), func(t *testing.T) {
			rows := table()
			for _, d := range doors() {
				t.Run(d.name, func(t *testing.T) {
					t.Run("nothing is wrong", func(t *testing.T) {
						t.Parallel()
						s := h.scene(t, d)
						s.opens(d.ready(s, s.visitor()))
					})
					for control, cell := range rows[d.name] {
						if cell.try == nil {
							continue
						}
						t.Run(control, func(t *testing.T) {
							t.Parallel()
							cell.try(h.scene(t, d))
						})
					}
				})
			}
		})
	}
}
