package upkeep

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/metrics"
)

// Job is something to do again and again. Any number of nodes may run the same job at the same time.
type Job struct {
	Name  string
	Every time.Duration
	Do    func(context.Context) error
	// Last says that the job is to run once more when the program stops, so that nothing gathered is lost.
	Last bool
}

// lastTime is how long jobs may take when the program stops.
const lastTime = 3 * time.Second

// Run runs every job at once and then at its interval until ctx ends, and returns when all have ended.
func Run(ctx context.Context, log *slog.Logger, set *metrics.Set, jobs []Job) {
	var running sync.WaitGroup
	for _, job := range jobs {
		running.Go(func() { run(ctx, log, set.Upkeep(job.Name), job) })
	}
	running.Wait()
}

func run(ctx context.Context, log *slog.Logger, told metrics.Job, job Job) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			if job.Last {
				finish(log, job)
			}
			return
		case <-timer.C:
		}
		err := job.Do(ctx)
		switch {
		case err == nil:
			told.Ran(time.Now())
		case ctx.Err() == nil:
			told.Failures.Inc()
			// Trouble of the database is told once by the store, and the same trouble of a job only when it begins.
			if !failing && !fault.Is(err, fault.Unavailable) {
				log.Error("background job failed; it is tried again", "job", job.Name, "error", err)
			}
		}
		failing = err != nil
		timer.Reset(job.Every)
	}
}

func finish(log *slog.Logger, job Job) {
	ctx, cancel := context.WithTimeout(context.Background(), lastTime)
	defer cancel()
	if err := job.Do(ctx); err != nil {
		log.Warn("background job could not finish its last run", "job", job.Name, "error", err)
	}
}
