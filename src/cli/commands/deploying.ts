// The verbs around watchmend.yaml, in the order of --help.
import { addInit } from "./init.ts";
import { addRender } from "./render.ts";

export const deployingVerbs = [addInit, addRender];
