package audit

import (
	"context"
	"fmt"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Explanation is a refusal for who can set it right: what was expected and received, in what they differ, and where the setting
// is that decides it. It holds nothing of other clients, and no credential.
type Explanation struct {
	hub.Refusal
	Difference Difference
	Place      Place
}

// Explain explains a refusal to its owner: whoever may change the service that asked (hub:service-update), the service itself,
// the user whose credential it was, and whoever holds hub:admin-read. To everybody else there is no such refusal, since its id
// may be a guess. Errors: fault.NotFound.
func (l *Log) Explain(ctx context.Context, actor hub.Actor, errorID string) (Explanation, error) {
	unknown := fault.New(fault.NotFound, "no refusal with error_id %s is known that you may see: it can be asked for a second after the answer, "+
		"by who may change the service it is about, and the oldest are forgotten", clipped(errorID))
	refusal, err := l.refusal(ctx, errorID)
	if fault.Is(err, fault.NotFound) {
		return Explanation{}, unknown
	}
	if err != nil {
		return Explanation{}, err
	}
	owner, err := l.owner(ctx, refusal)
	if err != nil {
		return Explanation{}, err
	}
	if !owner.concerns(actor, refusal) {
		return Explanation{}, unknown
	}
	return explained(refusal, owner), nil
}

// clipped keeps what a stranger wrote short.
func clipped(text string) string {
	if len(text) > 32 {
		return text[:32] + "..."
	}
	return text
}

func (l *Log) refusal(ctx context.Context, errorID string) (hub.Refusal, error) {
	if l.Recent != nil {
		if refusal, found := l.Recent(errorID); found {
			return refusal, nil
		}
	}
	return l.Store.Refusal(ctx, errorID)
}

// Refusals explains what was refused to a service, newest first, to who may change it.
func (l *Log) Refusals(ctx context.Context, actor hub.Actor, service hub.Service, limit int) ([]Explanation, error) {
	owner := owner{service: service}
	if !owner.mends(actor) {
		return nil, actor.Require("service-update", service.Organisation)
	}
	refusals, err := l.Store.RefusalsOfClient(ctx, service.Environment, service.ID, limit)
	if err != nil {
		return nil, err
	}
	all := make([]Explanation, len(refusals))
	for i, refusal := range refusals {
		all[i] = explained(refusal, owner)
	}
	return all, nil
}

// owner is whose refusal it is: a service, or the user who owns an API client or app.
type owner struct {
	service hub.Service // zero: the client is none
	userID  string
}

// owner finds whose a refusal is. A client that its environment does not know may be one of the other: then it was asked at the
// wrong address, and its owner is there.
func (l *Log) owner(ctx context.Context, refusal hub.Refusal) (owner, error) {
	found := owner{userID: refusal.UserID}
	if refusal.ClientID == "" {
		return found, nil
	}
	environments := []hub.Environment{refusal.Environment}
	for _, environment := range hub.Environments() {
		if environment != refusal.Environment {
			environments = append(environments, environment)
		}
	}
	for _, environment := range environments {
		service, err := l.Store.Service(ctx, environment, refusal.ClientID)
		if err == nil {
			found.service = service
			return found, nil
		}
		api, errAPI := l.Store.APIClient(ctx, environment, refusal.ClientID)
		if errAPI == nil {
			found.userID, found.service.Environment = api.UserID, environment
			return found, nil
		}
		app, errApp := l.Store.App(ctx, environment, refusal.ClientID)
		if errApp == nil {
			found.userID, found.service.Environment = app.UserID, environment
			return found, nil
		}
		for _, err := range []error{err, errAPI, errApp} {
			if !fault.Is(err, fault.NotFound) {
				return owner{}, err
			}
		}
	}
	return found, nil
}

// concerns reports whether an actor may have a refusal explained.
func (o owner) concerns(actor hub.Actor, refusal hub.Refusal) bool {
	here := actor.Environment == "" || actor.Environment == refusal.Environment || actor.Environment == o.service.Environment
	if !here {
		return false
	}
	return actor.Require(mayReadAll, "") == nil || o.userID != "" && o.userID == actor.User.ID || o.service.ID != "" && o.mends(actor)
}

// mends reports whether an actor may change the service, or is it.
func (o owner) mends(actor hub.Actor) bool {
	if actor.Environment != "" && actor.Environment != o.service.Environment {
		return false
	}
	return actor.ServiceID == o.service.ID && o.service.ID != "" || actor.Require("service-update", o.service.Organisation) == nil
}

func explained(refusal hub.Refusal, of owner) Explanation {
	if there := of.service.Environment; there != "" && there != refusal.Environment {
		refusal.Reason = fmt.Sprintf("the client belongs to the %s environment, and asked the %s one: %s", there, refusal.Environment, refusal.Reason)
		refusal.Expected, refusal.Received = "the base URL of the "+string(there)+" environment",
			"the base URL of the "+string(refusal.Environment)+" environment"
		return Explanation{Refusal: refusal}
	}
	return Explanation{
		Refusal: refusal, Difference: Compare(refusal.Expected, refusal.Received),
		Place: placeOf(refusal.Setting, refusal.ClientID, of.userID),
	}
}
