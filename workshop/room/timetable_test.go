package room_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/room"
)

// topics are lessons of four parts, of all lengths that could come.
func topics() (all []room.Topic) {
	lengths := []int{20, 30, 25, 3, 60, 15, 120, 1, 45, 20}
	for part := range 4 {
		for i, minutes := range lengths {
			all = append(all, room.Topic{
				ID: fmt.Sprintf("%d.%d", part+1, i+1), Title: "A lesson", Minutes: minutes,
				Hours: []int{3, 6, 12, 15}[(part+i)%4], Exercise: i%5 != 4,
			})
		}
	}
	return all
}

func TestATimetableFitsAndItsTalksAreShort(t *testing.T) {
	all := topics()
	for hours := 1; hours <= 24; hours++ {
		for start, lunch := range map[int]int{9 * 60: 45, 8*60 + 30: 0, 23 * 60: 45} {
			table := room.Plan(all, hours, start, lunch)
			if assert.NotEmpty(t, table.Lessons) {
				mustBeSound(t, table, all)
			}
		}
	}
}

// mustBeSound asserts what each timetable promises.
func mustBeSound(t *testing.T, table room.Timetable, all []room.Topic) {
	t.Helper()
	taken, planned := make(map[string]int), 0
	order := []string{}
	for _, day := range table.Days {
		now, err := room.Clock(day.Start)
		require.NoError(t, err)
		listening, session, own := 0, 0, 0
		for _, b := range day.Blocks {
			at, err := room.Clock(b.Start)
			require.NoError(t, err)
			assert.Equal(t, now%(24*60), at, "%d hours: %s does not follow what is before it", table.Hours, b.Start)
			now += b.Minutes
			assert.Positive(t, b.Minutes)
			if b.Lesson != "" {
				taken[b.Lesson] += b.Minutes
				order = append(order, b.Lesson)
			}
			switch b.Kind {
			case room.Exercise, room.Try, room.Open:
				listening = 0
			case room.Break, room.Lunch:
				assert.LessOrEqual(t, session, 145, "%d hours: no break for %d minutes before %s", table.Hours, session, b.Start)
				listening, session = 0, -b.Minutes
				if b.Kind == room.Break {
					assert.Contains(t, []int{10, 15}, b.Minutes)
				}
			default:
				listening += b.Minutes
			}
			assert.LessOrEqual(t, listening, 20, "%d hours: %d minutes without an exercise up to %s", table.Hours, listening, b.Start)
			session += b.Minutes
			if b.Kind != room.Lunch {
				own += b.Minutes
			}
		}
		assert.Equal(t, day.End, fmt.Sprintf("%02d:%02d", now/60%24, now%60))
		assert.LessOrEqual(t, own, 8*60, "a day of %d minutes", own)
		planned += own
	}
	assert.LessOrEqual(t, planned, table.Hours*60, "%d hours", table.Hours)
	assert.Equal(t, table.Hours*60, planned+table.Spare, "%d hours", table.Hours)
	assert.Equal(t, table.Lessons, slices.Compact(order), "%d hours: not in the lessons' order", table.Hours)
	for _, topic := range all {
		if slices.Contains(table.Home, topic.ID) {
			assert.NotContains(t, taken, topic.ID)
		} else {
			assert.Equal(t, topic.Minutes, taken[topic.ID], topic.ID)
		}
	}
	assert.Len(t, all, len(table.Lessons)+len(table.Home))
}

func TestABreakComesAfterNinetyMinutesAtMost(t *testing.T) {
	var all []room.Topic
	for i := range 30 {
		all = append(all, room.Topic{ID: fmt.Sprint(i), Minutes: []int{20, 25, 30}[i%3], Exercise: true})
	}
	for hours := 2; hours <= 24; hours++ {
		for _, day := range room.Plan(all, hours, 9*60, 45).Days {
			session := 0
			for _, b := range day.Blocks {
				if session += b.Minutes; b.Kind == room.Break || b.Kind == room.Lunch {
					session = 0
				}
				assert.LessOrEqual(t, session, 90, "%d hours, %s", hours, b.Start)
			}
		}
	}
}

func TestWhatShorterWorkshopsHaveComesFirst(t *testing.T) {
	all := []room.Topic{
		{ID: "1.1", Minutes: 30, Hours: 12, Exercise: true},
		{ID: "1.2", Minutes: 30, Hours: 3, Exercise: true},
		{ID: "1.3", Minutes: 30, Hours: 12, Exercise: true},
		{ID: "2.1", Minutes: 30, Hours: 6, Exercise: true},
		{ID: "2.2", Minutes: 40, Hours: 3, Exercise: true},
	}
	two := room.Plan(all, 2, 0, 0)
	assert.Equal(t, []string{"1.2", "2.2"}, two.Lessons)
	assert.Equal(t, []string{"1.1", "1.3", "2.1"}, two.Home)
	three := room.Plan(all, 3, 0, 0)
	assert.Equal(t, []string{"1.1", "1.2", "2.1", "2.2"}, three.Lessons)
}

func TestWhatIsCutFirstIsWhatAShorterWorkshopWouldNotHave(t *testing.T) {
	all := []room.Topic{
		{ID: "1.1", Minutes: 20, Hours: 3, Exercise: true},
		{ID: "1.2", Minutes: 25, Hours: 3, Exercise: true},
		{ID: "1.3", Minutes: 20, Hours: 6, Exercise: true},
		{ID: "2.1", Minutes: 30, Hours: 6, Exercise: true},
		{ID: "2.2", Minutes: 20, Hours: 3, Exercise: true},
		{ID: "4.1", Minutes: 15, Hours: 6},
	}
	assert.Equal(t, []room.Cut{
		{Day: 1, Minutes: 15},
		{Lesson: "2.1", Minutes: 30},
		{Lesson: "1.3", Minutes: 20},
		{Lesson: "2.2", Minutes: 20},
		{Lesson: "1.2", Minutes: 25},
		{Lesson: "4.1", Minutes: 15}, // what all leads to
	}, room.Plan(all, 3, 9*60, 0).Cuts)
}

func TestLunchIsNearHalfPastTwelveAndNotOfAnAfternoon(t *testing.T) {
	lunch := func(hours, start int) string {
		for _, b := range room.Plan(topics(), hours, start, 45).Days[0].Blocks {
			if b.Kind == room.Lunch {
				return b.Start
			}
		}
		return ""
	}
	assert.Regexp(t, `^1[123]:`, lunch(6, 9*60))
	assert.Regexp(t, `^1[123]:`, lunch(8, 8*60))
	assert.Empty(t, lunch(6, 13*60))
	assert.Empty(t, lunch(3, 9*60))
}

func TestAWorkshopWithoutLessonsIsEmpty(t *testing.T) {
	table := room.Plan(nil, 3, 0, 0)
	assert.Empty(t, table.Days)
	assert.Equal(t, 180, table.Spare)
}
