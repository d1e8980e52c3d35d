package metrics

import (
	"fmt"
	"io"

	"github.com/prometheus/common/expfmt"
)

// ContentType is the media type of what WriteText writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// WriteText writes every metric in the Prometheus text format, version 0.0.4. Nothing is written when gathering fails.
func (s *Set) WriteText(w io.Writer) error {
	families, err := s.registry.Gather()
	if err != nil {
		return fmt.Errorf("gather metrics: %w", err)
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(w, family); err != nil {
			return fmt.Errorf("write metrics: %w", err)
		}
	}
	return nil
}
