package main

import (
	"context"
	"runtime/debug"

	"foedus/ledger"
	"foedus/projections/live"
)

// What a World takes at most while it is rebuilt, for the garbage collector.
const (
	replayRoom     = 512 << 20 // bytes beside the World
	replayPerEvent = 1000      // bytes an event, more than twice what the World keeps
	replayPercent  = 400
)

// replay waits until the projection has applied what the log held when it was
// started. A replay allocates for every event and keeps a part of it, so the
// collector would run again and again over a heap that only grows; it is held
// back meanwhile, within a limit that follows from the length of the log.
func replay(ctx context.Context, log ledger.Log, proj *live.Projection) error {
	head, err := log.Head(ctx)
	if err != nil {
		return err
	}
	percent := debug.SetGCPercent(replayPercent)
	limit := debug.SetMemoryLimit(replayRoom + replayPerEvent*int64(head))
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(limit)
	return proj.WaitReady(ctx)
}
