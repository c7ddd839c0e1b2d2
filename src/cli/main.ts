#!/usr/bin/env node
// The entry: nothing but the door to the rest, so that the rest can be loaded already compiled.
import { keepCompiledCode } from "./code-cache.ts";

keepCompiledCode();
void import("./run.ts");
