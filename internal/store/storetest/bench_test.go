package storetest_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// eachEngine runs a benchmark on both databases with some services in them.
func eachEngine(b *testing.B, run func(b *testing.B, s *store.Store)) {
	for _, database := range []storetest.Database{storetest.SQLite(b), storetest.PostgreSQL(b)} {
		b.Run(database.Engine, func(b *testing.B) {
			s := database.Open(b)
			if _, err := s.Service(b.Context(), hub.Production, "s0"); err != nil {
				fill(b, s)
			}
			b.ResetTimer()
			run(b, s)
		})
	}
}

const filledServices = 5000

func fill(b *testing.B, s *store.Store) {
	b.Helper()
	for from := 0; from < filledServices; from += 500 {
		err := s.Tx(b.Context(), func(tx *store.Tx) error {
			for i := from; i < from+500; i++ {
				service := hub.Service{
					ID: fmt.Sprintf("s%d", i), Environment: hub.Production,
					Key: fmt.Sprintf("key-%d", i), Name: fmt.Sprintf("Service %d", i),
					ServiceSettings: hub.ServiceSettings{
						HomeURL: fmt.Sprintf("https://s%d.example.test", i), Flows: hub.ModernFlows(),
					},
				}
				if err := tx.InsertService(b.Context(), service); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkServiceWithSecrets(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *store.Store) {
		b.ReportAllocs()
		b.SetParallelism(8)
		var next atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, _, err := s.ServiceWithSecrets(b.Context(), hub.Production, fmt.Sprintf("s%d", next.Add(7919)%filledServices)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkSmallTransaction(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *store.Store) {
		b.ReportAllocs()
		b.SetParallelism(8)
		var next atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				key := strconv.FormatInt(next.Add(1)%1000, 10)
				if err := s.Tx(b.Context(), func(tx *store.Tx) error { return tx.SetMeta(b.Context(), key, []byte("x")) }); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
