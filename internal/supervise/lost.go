package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// endStrays ends what a killed guardian left. The kernel has sent its children their death signal; a Postgres is given time to end
// tidily, descendants of the others are killed. The caller holds g.mu.
func (g *Guardian) endStrays() error {
	var errs error
	tidy := map[int]bool{}
	grace := time.Duration(0)
	for _, p := range g.processes {
		if p.running() && p.command.deathSignal() == syscall.SIGQUIT {
			tidy[p.PID()], grace = true, max(grace, p.command.grace())
		}
	}
	start := time.Now()
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		patient := time.Since(start) < grace
		busy := 0
		for _, p := range g.processes {
			if pid := p.PID(); pid > 0 && p.running() && syscall.Kill(-pid, 0) == nil { // its whole group
				busy = pid
				if !patient || !tidy[pid] {
					_ = syscall.Kill(-pid, syscall.SIGKILL)
				}
			}
		}
		found, err := strays(g.token)
		if err != nil {
			return err
		}
		for _, pid := range found {
			busy = pid
			group, err := syscall.Getpgid(pid)
			if err == nil && !(patient && tidy[group]) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if busy == 0 {
			break
		}
		if time.Since(start) > grace+killTimeout {
			errs = fmt.Errorf("process %d does not end after the guardian was killed; kill it by hand", busy)
			break
		}
		time.Sleep(pause)
	}
	for _, p := range g.processes {
		if p.running() && p.command.PIDFile != "" && errs == nil {
			errs = removeSegment(p.command.PIDFile)
		}
	}
	return errs
}

func (p *Process) running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.over && p.pid > 0
}
