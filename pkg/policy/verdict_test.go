package policy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/spdx"
)

// verdictRow is one row of the truth table.
type verdictRow struct {
	line               int
	lists              [3][]string // allow, review, deny
	fallback           string
	expr, verdict, arm string
}

func verdictRows(t testing.TB) []verdictRow {
	t.Helper()
	data, err := os.ReadFile("../../testdata/policy/verdicts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []verdictRow
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "|")
		if len(f) != 7 {
			t.Fatalf("verdicts.tsv:%d: %d fields", i+1, len(f))
		}
		for k := range f {
			f[k] = strings.TrimSpace(f[k])
		}
		row := verdictRow{line: i + 1, fallback: f[3], expr: f[4], verdict: f[5], arm: f[6]}
		for k := range row.lists {
			row.lists[k] = terms(f[k])
		}
		out = append(out, row)
	}
	return out
}

// terms splits at blanks that stand around no WITH.
func terms(s string) []string {
	fields := strings.Fields(strings.ReplaceAll(s, " WITH ", "_WITH_"))
	for i := range fields {
		fields[i] = strings.ReplaceAll(fields[i], "_WITH_", " WITH ")
	}
	return fields
}

func (row verdictRow) policy(t testing.TB) *Policy {
	t.Helper()
	var b strings.Builder
	b.WriteString("version: 1\npolicy:\n  basis: concluded\n")
	for k, list := range []string{"allow", "review", "deny"} {
		fmt.Fprintf(&b, "  %s: [", list)
		for _, term := range row.lists[k] {
			fmt.Fprintf(&b, "%q, ", term)
		}
		b.WriteString("]\n")
	}
	if row.fallback != "" {
		fmt.Fprintf(&b, "  default: %s\n", row.fallback)
	}
	f, err := Parse("row.yaml", []byte(b.String()))
	if err != nil {
		t.Fatalf("verdicts.tsv:%d: %v", row.line, err)
	}
	return f.Policy
}

func TestVerdicts(t *testing.T) {
	rows := verdictRows(t)
	if len(rows) < 100 {
		t.Errorf("only %d rows", len(rows))
	}
	for _, row := range rows {
		e, err := spdx.Parse(row.expr)
		if err != nil {
			t.Errorf("verdicts.tsv:%d: %v", row.line, err)
			continue
		}
		verdict, arm, reason := Judge(row.policy(t), nil, e)
		if string(verdict) != row.verdict || arm.String() != row.arm {
			t.Errorf("verdicts.tsv:%d: %s: got %s, %s (%s); want %s, %s", row.line, row.expr, verdict, arm, reason, row.verdict, row.arm)
		}
	}
}

// Order, brackets and repetition never change a verdict: every expression of the table is rewritten at
// random by what Boolean algebra permits, and judged again.
func TestVerdictsDoNotDependOnWriting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, row := range verdictRows(t) {
		e, err := spdx.Parse(row.expr)
		if err != nil || e.IsNone() || e.IsNoAssertion() {
			continue
		}
		p := row.policy(t)
		want, _, _ := Judge(p, nil, e)
		for range 20 {
			text := rewrite(random, e)
			again, err := spdx.Parse(text)
			if err != nil {
				t.Fatalf("%s rewritten as %s: %v", e, text, err)
			}
			if got, _, reason := Judge(p, nil, again); got != want {
				t.Errorf("verdicts.tsv:%d: %s is %s, but %s is %s (%s)", row.line, e, want, text, got, reason)
			}
		}
	}
}

// rewrite swaps operands, adds brackets and repeats operands at random.
func rewrite(random *rand.Rand, e spdx.Expr) string {
	join := func(op string) func(a, b string) string {
		return func(a, b string) string {
			if random.IntN(2) == 0 {
				a, b = b, a
			}
			if random.IntN(4) == 0 {
				b = "(" + b + op + b + ")"
			}
			return "(" + a + op + b + ")"
		}
	}
	return spdx.Fold(e, spdx.Term.String, join(" OR "), join(" AND "))
}

// An expression of 1,000 operands is judged in less than 10 ms.
func BenchmarkJudgeThousandOperands(b *testing.B) {
	ids := []string{"MIT", "ISC", "Apache-2.0", "GPL-2.0-or-later", "MPL-2.0", "BSD-3-Clause", "LGPL-2.1-or-later"}
	var text strings.Builder
	for i := range 500 {
		if i > 0 {
			text.WriteString(" AND ")
		}
		fmt.Fprintf(&text, "(%s OR LicenseRef-%d)", ids[i%len(ids)], i)
	}
	e, err := spdx.Parse(text.String())
	if err != nil {
		b.Fatal(err)
	}
	p := Default().Policy
	for b.Loop() {
		Judge(p, nil, e)
	}
}
