#!/usr/bin/env node
import { main } from "./command/main.ts";

process.exit(await main(process.argv));
