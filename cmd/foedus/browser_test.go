package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// page opens an EventSource and keeps what it hears.
const page = `<!doctype html><meta charset="utf-8"><title>stream</title><script>
window.seqs = []; window.opened = 0; window.caught = 0;
const source = new EventSource(%q);
source.onopen = () => { window.opened++; };
source.addEventListener("update", e => { window.seqs.push(JSON.parse(e.data).seq); });
source.addEventListener("caughtup", () => { window.caught++; });
</script>`

// TestBrowser: the EventSource of a browser resumes by itself after a restart of
// the server, loses no update and hears none twice, those included that were
// appended while it was cut off.
func TestBrowser(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("NOT CHECKED: no Chromium is installed, so no browser read the stream")
	}
	data := t.TempDir()
	p := start(t, data, "--no-seed")
	stream := p.url + "/v1/stream?after=0"
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, page, stream)
	}))
	defer pages.Close()

	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(browser), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true))
	allocated, stopBrowser := chromedp.NewExecAllocator(t.Context(), options...)
	defer stopBrowser()
	tab, closeTab := chromedp.NewContext(allocated)
	defer closeTab()
	if _, err := chromedp.Run(tab, chromedp.Navigate(pages.URL)); err != nil {
		t.Fatal(err)
	}
	tab, cancel := context.WithTimeout(tab, 2*time.Minute)
	defer cancel()
	heard := func() []int {
		seqs, err := chromedp.Run(tab, chromedp.Evaluate[[]int]("window.seqs"))
		if err != nil {
			t.Fatal(err)
		}
		return seqs
	}
	n := 0
	post := func(times int) {
		for range times {
			n++
			p.post(source(fmt.Sprintf("source-%d", n)))
		}
	}
	post(5)
	eventually(t, "the page hears the first updates", func() bool { return len(heard()) == n })

	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	for _, sig := range []os.Signal{os.Interrupt, os.Kill} {
		p.stop(sig)
		p = start(t, data, "--no-seed", "--listen", "127.0.0.1:0") // elsewhere first: the page is still cut off
		post(7)
		p.stop(os.Interrupt)
		p = start(t, data, "--no-seed", "--listen", "127.0.0.1:"+port)
		post(3)
		eventually(t, "the page hears everything", func() bool { return len(heard()) >= n })
	}
	seqs := heard()
	want := make([]int, n)
	for i := range want {
		want[i] = i + 1
	}
	if !slices.Equal(seqs, want) {
		t.Errorf("the page heard %v, want 1 to %d", seqs, n)
	}
	if opened, err := chromedp.Run(tab, chromedp.Evaluate[int]("window.opened")); err != nil || opened < 3 {
		t.Errorf("the page opened the stream %d times, %v: it was not cut off", opened, err)
	}
}

// TestCurl: curl goes on where a Last-Event-ID says.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("NOT CHECKED: curl is not installed, so it did not read the stream")
	}
	p := start(t, t.TempDir(), "--no-seed")
	for i := range 5 {
		p.post(source(fmt.Sprintf("source-%d", i)))
	}
	out, err := exec.CommandContext(t.Context(), curl, "-sN", "--max-time", "2", "-H", "Last-Event-ID: 2", p.url+"/v1/stream").Output()
	if code, ok := errors.AsType[*exec.ExitError](err); !ok || code.ExitCode() != 28 {
		t.Errorf("curl ended with %v, want its time to be up", err)
	}
	var ids []string
	for line := range strings.Lines(string(out)) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "id: "); ok {
			ids = append(ids, id)
		}
	}
	if want := []string{"3", "4", "5", "5"}; !slices.Equal(ids, want) { // the last is caughtup
		t.Errorf("curl read the ids %v, want %v\n%s", ids, want, out)
	}
}
