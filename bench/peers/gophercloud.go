// gophercloud, as a program would use it.
//
// usage: bench_gophercloud list ENDPOINT
//
//	bench_gophercloud get ENDPOINT ID COUNT
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack/blockstorage/v3/snapshots"
	"github.com/gophercloud/gophercloud/pagination"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "gophercloud:", err)
		os.Exit(1)
	}
}

func list(client *gophercloud.ServiceClient) (count int) {
	pager := snapshots.List(client, snapshots.ListOpts{Limit: 1000})
	check(pager.EachPage(func(page pagination.Page) (bool, error) {
		found, err := snapshots.ExtractSnapshots(page)
		for _, snapshot := range found {
			_, _ = snapshot.ID, snapshot.Name
			count++
		}
		return true, err
	}))
	return count
}

func get(client *gophercloud.ServiceClient, id string, times int) int {
	for i := 0; i < times; i++ {
		_, err := snapshots.Get(client, id).Extract()
		check(err)
	}
	return times
}

func cpu() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func main() {
	client := &gophercloud.ServiceClient{
		ProviderClient: &gophercloud.ProviderClient{TokenID: "t"},
		Endpoint:       os.Args[2] + "/",
	}
	began, used, count := time.Now(), cpu(), 0
	if os.Args[1] == "list" {
		count = list(client)
	} else {
		times, err := strconv.Atoi(os.Args[4])
		check(err)
		count = get(client, os.Args[3], times)
	}
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	fmt.Printf("seconds=%.6f cpu=%.6f count=%d peak=%d\n",
		time.Since(began).Seconds(), cpu()-used, count, usage.Maxrss)
}
