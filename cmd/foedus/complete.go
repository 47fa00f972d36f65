package main

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// completePatience is how long somebody who pressed the tab key waits.
const completePatience = 10 * time.Second

// completeNames completes --alliance and --state from the ledger.
func (a *app) completeNames(c *cobra.Command) {
	for flag, path := range map[string]string{"alliance": "/v1/alliances", "state": "/v1/states"} {
		a.completeFlag(c, flag, path)
	}
}

// completeFlag completes a flag from a list of the API. Of a list that is being
// written, the last name is completed.
func (a *app) completeFlag(c *cobra.Command, flag, path string) {
	_ = c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		written, prefix := prefix[:strings.LastIndexByte(prefix, ',')+1], prefix[strings.LastIndexByte(prefix, ',')+1:]
		out := a.names(c.Context(), path, prefix)
		for i := range out {
			out[i] = written + out[i]
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	})
}

// names lists the ids at path that begin with prefix, each with what it stands
// for. It is silent about every failure and never creates a store.
func (a *app) names(ctx context.Context, path, prefix string) (out []string) {
	if _, err := os.Stat(filepath.Join(a.dir(), storeDir)); err != nil && a.nats == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completePatience)
	defer cancel()
	h, err := a.open(ctx)
	if err != nil {
		return nil
	}
	defer h.close()
	query := url.Values{}
	if a.reading.dataset != "" {
		query.Set("dataset", a.reading.dataset)
	}
	doc := map[string]json.RawMessage{}
	if h.client.getJSON(ctx, path, query, &doc) != nil {
		return nil
	}
	var items []struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Title string `json:"title"`
	}
	if json.Unmarshal(doc[filepath.Base(path)], &items) != nil {
		return nil
	}
	for _, i := range items {
		if strings.HasPrefix(i.ID, prefix) {
			out = append(out, cobra.CompletionWithDesc(i.ID, i.Name+i.Title))
		}
	}
	return out
}
