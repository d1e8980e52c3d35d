package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// AddSubgroup puts a group into another, by what AddMember needs: whoever is in the child is in the parent then. Errors:
// fault.NotFound, fault.Forbidden, fault.StepUp; fault.Conflict for the group of all users, and where a group would be within
// itself.
func (d *Directory) AddSubgroup(ctx context.Context, actor hub.Actor, parentID, childID string) error {
	return d.do(ctx, actor, func(c *change) error {
		parent, child, err := c.nesting(parentID, childID)
		if err != nil {
			return err
		}
		if err := actor.StepUp(); err != nil {
			return err
		}
		if err := c.coverGroup("put a group into "+parent.Name, parentID); err != nil {
			return err
		}
		within, err := c.GroupsBelow(ctx, childID)
		if err != nil {
			return err
		}
		if slices.Contains(within, parentID) {
			return fault.New(fault.Conflict, "the group %s would be within itself: it holds %s, or is the same", child.Name, parent.Name)
		}
		if err := c.AddSubgroup(ctx, parentID, childID); err != nil {
			return err
		}
		return c.toldMore("", "group.add-subgroup", "group", parent.ID, parent.Name, map[string]any{"subgroup": child.Name})
	})
}

// RemoveSubgroup takes a group out of another, by what RemoveMember needs. Errors: fault.NotFound; fault.StepUp; fault.Conflict where
// the last administrator was one through it.
func (d *Directory) RemoveSubgroup(ctx context.Context, actor hub.Actor, parentID, childID string) error {
	return d.do(ctx, actor, func(c *change) error {
		parent, child, err := c.nesting(parentID, childID)
		if err != nil {
			return err
		}
		if err := c.letOut(parentID); err != nil {
			return err
		}
		return c.keeping(func() error {
			if err := c.RemoveSubgroup(ctx, parentID, childID); err != nil {
				return fault.Missing(err, "subgroup", child.Name)
			}
			return c.toldMore("", "group.remove-subgroup", "group", parent.ID, parent.Name, map[string]any{"subgroup": child.Name})
		})
	})
}

// nesting finds both groups and checks what is the same both ways.
func (c *change) nesting(parentID, childID string) (parent, child hub.Group, err error) {
	if parent, err = c.Group(c.ctx, parentID); err != nil {
		return parent, child, fault.Missing(err, "group", parentID)
	}
	if child, err = c.Group(c.ctx, childID); err != nil {
		return parent, child, fault.Missing(err, "group", childID)
	}
	if err = c.require("group-update", ""); err != nil {
		return parent, child, err
	}
	if parent.BuiltIn() || child.BuiltIn() {
		return parent, child, fault.New(fault.Conflict, "the group of all users neither holds groups nor is within one")
	}
	return parent, child, nil
}
