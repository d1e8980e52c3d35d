package declare

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/hub"
)

// wantGroups turns the declared groups into what they will be: those within others first, so that they are there when others
// take them in. A group may be declared after one that holds it.
func (p *planner) wantGroups() {
	n := nesting{planner: p, below: map[string][]string{}, declared: map[string]match[Group, groupState]{}, reached: map[string]bool{}}
	for _, g := range p.state.groups {
		n.below[g.ID] = slices.DeleteFunc(slices.Clone(g.subgroups), func(id string) bool { return !p.index.groups.has(id) })
	}
	for _, m := range p.found.groups {
		n.declared[m.id] = m
		if m.d.Subgroups.Set {
			n.below[m.id] = p.subgroups(m)
		}
	}
	for _, m := range p.found.groups {
		n.visit(m.id)
	}
	for _, m := range n.order {
		p.wantGroup(m, n.below[m.id])
	}
}

func (p *planner) subgroups(m match[Group, groupState]) []string {
	ids := p.groupIDs(m.d.Subgroups)
	builtIn := func(id string) bool { return hub.Group{ID: id}.BuiltIn() }
	if len(ids) > 0 && (builtIn(m.id) || slices.ContainsFunc(ids, builtIn)) {
		p.add(m.d.Subgroups.Line, "the group of all users neither holds groups nor is within one")
		return nil
	}
	return ids
}

// nesting walks groups in groups as they will be.
type nesting struct {
	*planner
	below    map[string][]string
	declared map[string]match[Group, groupState]
	path     []string // from a group to the one at hand
	reached  map[string]bool
	order    []match[Group, groupState]
}

// visit puts a group behind those within it, and tells of one that would be within itself, at a line that says so.
func (n *nesting) visit(id string) {
	if at := slices.Index(n.path, id); at >= 0 {
		n.cycle(append(slices.Clone(n.path[at:]), id))
		return
	}
	if n.reached[id] {
		return
	}
	n.reached[id] = true
	n.path = append(n.path, id)
	for _, subgroup := range n.below[id] {
		n.visit(subgroup)
	}
	n.path = n.path[:len(n.path)-1]
	if m, is := n.declared[id]; is {
		n.order = append(n.order, m)
	}
}

func (n *nesting) cycle(ids []string) {
	line, labels := 0, make([]string, len(ids))
	for i, id := range ids {
		labels[i] = quoted(n.index.groups.label(id))
		if m, is := n.declared[id]; is && m.d.Subgroups.Set && line == 0 {
			line = m.d.Subgroups.Line
		}
	}
	n.add(line, "the group %s would be within itself: %s", labels[0], strings.Join(labels, " holds "))
}

func (p *planner) wantGroup(m match[Group, groupState], subgroups []string) {
	now := groupState{Group: hub.Group{ID: m.id, CreatedAt: p.now}}
	var old *Group
	if m.old != nil {
		now, old = *m.old, p.index.describeGroup(*m.old)
	}
	take(&now.Name, m.d.Name)
	take(&now.Description, m.d.Description)
	required := now.RequireTwoFactor
	take(&now.RequireTwoFactor, m.d.RequireTwoFactor)
	if now.RequireTwoFactor && !required {
		now.TwoFactorSince = p.now
	}
	if m.d.TwoFactorGraceDays.Set {
		days, err := strconv.Atoi(m.d.TwoFactorGraceDays.Value)
		if err != nil {
			days = -1 // which the check refuses
		}
		now.TwoFactorGrace = time.Duration(days) * 24 * time.Hour
	}
	take(&now.TwoFactorSince, m.d.TwoFactorSince)
	take(&now.AutoJoin, m.d.AutoJoin)
	take(&now.AutoJoinDomain, m.d.AutoJoinDomain)
	check(p, groupTable, m.d, m.d.Line, "group "+quoted(now.Name), now.Check())
	now.subgroups = subgroups
	now.grants = p.grants(m.d.Roles, now.grants, holder{hub.HolderGroup, m.id}, "")
	now.UpdatedAt = p.now
	change(p, groupTable, old, p.index.describeGroup(now), Change{What: "group", ID: m.id, Name: now.Name, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error { return w.group(ctx, m.old, now) }})
}

// memberships gives what is wanted for a user: who is in a group already is in it since the same time, unless another is given.
func (p *planner) memberships(given Given[[]MemberRef], there []membership) []membership {
	var wanted []membership
	for _, ref := range given.Value {
		id, ok := p.reference(p.index.groups, ref.Line, "group", ref.Group.Value)
		same := func(one membership) bool { return one.group == id }
		if !ok || slices.ContainsFunc(wanted, same) {
			continue
		}
		one := membership{id, p.now}
		if i := slices.IndexFunc(there, same); i >= 0 {
			one = there[i]
		}
		take(&one.since, ref.Since)
		wanted = append(wanted, one)
	}
	return wanted
}
