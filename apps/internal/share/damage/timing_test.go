package damage_test
import ("testing";"time";"fmt";"slices";"deskhand/apps/internal/share/damage")
func TestTiming(t *testing.T) {
	for _, c := range changes() {
		f, res := damage.New(), damage.Result{}
		var ds []time.Duration
		for range 120 { s := time.Now(); f.Find(c.old, c.new, c.hints, &res); ds = append(ds, time.Since(s)) }
		slices.Sort(ds)
		fmt.Printf("%-20s min %8.3f  p25 %8.3f  p50 %8.3f ms  %d copies %d rects %d px\n", c.name, ds[0].Seconds()*1e3, ds[30].Seconds()*1e3, ds[60].Seconds()*1e3, len(res.Copies), len(res.Dirty), area(res.Dirty))
	}
}
