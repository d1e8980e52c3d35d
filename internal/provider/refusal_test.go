package provider_test

import (
	"errors"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/provider"
	"example.org/hub/oauth"
)

func TestErrorsOfEveryKindAreToldInTheTermsOfTheProtocol(t *testing.T) {
	for _, kind := range fault.Kinds() {
		err := &fault.Error{Kind: kind, Message: "what was wrong", RetryAfter: time.Minute}
		told := provider.ToOAuth(err)
		if told.Code == "" || !errors.Is(told, err) {
			t.Errorf("%s: %+v", kind, told)
		}
		if shown := told.Description == "what was wrong" && told.RetryAfter == time.Minute; shown != (kind != fault.Internal) {
			t.Errorf("%s shows %q", kind, told.Description)
		}
	}
	if told := provider.ToOAuth(errors.New("disk 3 of host 7")); told.Code != oauth.ServerError || told.Description == "disk 3 of host 7" {
		t.Errorf("an error that nobody expected shows %+v", told)
	}
	own := &oauth.Error{Code: oauth.InvalidScope}
	if provider.ToOAuth(own) != own {
		t.Error("a refusal of the protocol is told as another")
	}
}
