module watchmend.rig/pause

go 1.24.0
