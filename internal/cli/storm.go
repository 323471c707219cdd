package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/internal/cli/batch"
	"soukin/internal/cli/demo"
	"soukin/remittance"
)

// The least that a storm is worth: with fewer remittances it may happen that no
// fault fires; and the most that its summary should hold.
const (
	fewestRemittances = 20
	mostRemittances   = 100_000
)

// crowd is what --remittances and --faults ask for; nil for the examples.
func (s *session) crowd(cmd *urfave.Command) (*demo.Crowd, error) {
	n, wanted := cmd.Int("remittances"), cmd.IsSet("remittances")
	switch {
	case !wanted && !cmd.IsSet("faults"):
		return nil, nil
	case !wanted || !cmd.IsSet("faults"):
		return nil, usageError("%s", s.say(phrase{"--remittances and --faults go together", "--remittances と --faults は一緒に指定してください"}))
	case cmd.Bool("hands-on"):
		return nil, usageError("%s", s.say(phrase{"--hands-on leaves the examples to you: leave out --remittances and --faults", "--hands-on は --remittances・--faults と同時に指定できません"}))
	case n < fewestRemittances || n > mostRemittances:
		return nil, usageError("%s", s.sayf(phrase{"--remittances is %d: must be from %d to %d", "--remittances は %[2]d から %[3]d の間で指定してください (%[1]d は指定できません)"}, n, fewestRemittances, mostRemittances))
	}
	return &demo.Crowd{Remittances: n, Seed: cmd.Uint64("faults")}, nil
}

func (s *session) playStorm(ctx context.Context, cmd *urfave.Command, system *demo.System, crowd demo.Crowd) error {
	s.introduce(system, false, demo.Waits(false, crowd.Waits()))
	s.note(phrase{"%d remittances under seed %d; what is open after %s counts as stuck", "シード値 %[2]d で %[1]d 件を送ります。%[3]s を過ぎても終わらない送金は異常とみなします"}, crowd.Remittances, crowd.Seed, crowd.Patience())
	meter := s.newMeter()
	sum, err := system.Weather(ctx, crowd, &stormWatcher{&demoWatcher{s, s.newFollower()}, meter, time.Now()})
	meter.end()
	if err != nil {
		return s.interrupted(ctx, err)
	}
	if err := s.show(sum, func() string { return s.stormSummary(sum) }); err != nil {
		return err
	}
	if err := s.keepRunning(ctx, cmd, system); err != nil {
		return err
	}
	return s.judge(sum.AsExpected)
}

// stormWatcher shows how far a storm is: its rows are too many for a table.
type stormWatcher struct {
	*demoWatcher
	meter *meter
	began time.Time
}

func (w *stormWatcher) Ended(n, all int) {
	w.meter.report(w.s.say(phrase{"remittances ended", "終わった送金"}), n, all, time.Since(w.began))
}

func (w *stormWatcher) Killed(times int) {
	w.meter.end()
	w.s.note(phrase{"the worker was killed and started again (%d)", "worker を強制終了し、起動し直しました (%d 回目)"}, times)
}

func (w *stormWatcher) Revived(times int) {
	w.meter.end()
	w.s.note(phrase{"the Temporal server did nothing any more and was started again (%d)", "Temporal サーバーが停止状態になったため、起動し直しました (%d 回目)"}, times)
}

func (s *session) stormSummary(sum demo.StormSummary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", s.sayf(phrase{"%d remittances in %.0f s, %.1f a second; the worker was killed %d times.", "%d 件、%.0f 秒 (毎秒 %.1f 件)。worker の強制終了 %d 回。"},
		len(sum.Remittances), sum.Seconds, sum.PerSecond, sum.WorkersKilled))
	b.WriteString(s.endings(sum) + "\n")
	b.WriteString(s.faultsThatFired(sum) + "\n")
	if len(sum.Stuck) > 0 {
		b.WriteString(s.stuck(sum.Stuck) + "\n")
	}
	b.WriteString(s.balanceSheet(sum.Balances) + "\n")
	b.WriteString(s.auditSheet(sum.Audit))
	b.WriteString(s.searchLine(sum.Searched))
	if sum.AsExpected {
		b.WriteString(s.say(phrase{"Everything ended, all books agree, and nothing was paid twice.\n", "すべての送金が終わり、すべての帳簿が一致し、二重払いはありませんでした。\n"}))
	}
	return b.String()
}

// endings is how the remittances of each pattern ended.
func (s *session) endings(sum demo.StormSummary) string {
	var rows [][]string
	for _, p := range remittance.Patterns() {
		for _, status := range slices.Sorted(maps.Keys(sum.Endings[p])) {
			rows = append(rows, []string{s.pattern(p), s.rowStatus(batch.Row{Status: status, Final: true}), fmt.Sprint(sum.Endings[p][status])})
		}
	}
	return s.grid([]column{
		{title: phrase{"PATTERN", "方式"}}, {title: phrase{"ENDED AS", "結果"}}, {title: phrase{"REMITTANCES", "件数"}, right: true},
	}, rows)
}

func (s *session) faultsThatFired(sum demo.StormSummary) string {
	var rows [][]string
	for _, kind := range slices.Sorted(maps.Keys(sum.Faults)) {
		rows = append(rows, []string{string(kind), fmt.Sprint(sum.Faults[kind])})
	}
	return s.grid([]column{{title: phrase{"FAULT", "障害"}}, {title: phrase{"FIRED", "回数"}, right: true}}, rows)
}

func (s *session) stuck(all []demo.Stuck) string {
	var rows [][]string
	for _, one := range all {
		rows = append(rows, []string{one.RemittanceID, s.rowStatus(batch.Row{Status: one.Status}), one.Reason, one.Why})
	}
	return s.grid([]column{
		{title: phrase{"STUCK", "終わらない送金"}}, {title: phrase{"STATUS", "状態"}}, {title: phrase{"REASON", "理由"}}, {title: phrase{"WHY", "原因"}, spare: 1},
	}, rows)
}

// searchLine says what was looked for on disk.
func (s *session) searchLine(found demo.Searched) string {
	line := s.sayf(phrase{"%d claim codes and %d ATM numbers were looked for in %d files; found: %d.\n", "ギフトコード %d 件と ATM の受取番号 %d 件を %d 個のファイルで探しました。見つかった数: %d。\n"},
		found.Codes, found.Numbers, found.Files, len(found.Found))
	for _, path := range found.Found {
		line += "  " + path + "\n"
	}
	return line
}

// workerCommandName starts the worker of a storm: a process that can be killed.
const workerCommandName = "demo-worker"

func (s *session) workerCommand() *urfave.Command {
	return &urfave.Command{
		Name: workerCommandName, Hidden: true, Usage: s.say(phrase{"the worker that a demo kills", "デモが強制終了する worker"}), ArgsUsage: "HOME",
		Action: func(ctx context.Context, cmd *urfave.Command) error {
			args, err := s.exactArgs(cmd, "HOME")
			if err != nil {
				return err
			}
			if err := demo.RunWorker(ctx, s.environ, args[0], s.stdin, s.stdout); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		},
	}
}
