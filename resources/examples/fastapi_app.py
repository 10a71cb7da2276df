"""Questions over HTTP with FastAPI.

Start it with `uvicorn fastapi_app:app`, then:

    curl localhost:8000/ask --json '{"question": "Which segments grew?", "context": "..."}'
    curl -N localhost:8000/stream --json '{"question": "...", "context": "..."}'

The models are those that OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL name, else the offline model.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from rlm_desktop import RLM, Limits, UserError, events


class Question(BaseModel):
    """What is asked; a `session` makes it a follow-up of an earlier question."""

    question: str
    context: str
    session: str | None = None


class Answer(BaseModel):
    """What came of it."""

    answer: str
    session: str
    end_state: str
    calls: int
    seconds: float


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One RLM for all requests: it is safe to ask it many things at once."""
    async with RLM(max_depth=2, max_concurrent=64, limits=Limits(timeout=300)) as rlm:
        app.state.rlm = rlm
        yield


app = FastAPI(title="RLM", lifespan=lifespan)


@app.post("/ask")
async def ask(asked: Question, request: Request) -> Answer:
    """Wait for the answer. Nothing blocks: meanwhile the server goes on serving others."""
    rlm: RLM = request.app.state.rlm
    try:
        result = await rlm.arun(asked.question, context=asked.context, session=asked.session)
    except UserError as error:
        raise HTTPException(422, str(error)) from error
    if result.final_answer is None:
        raise HTTPException(502, result.error or result.end_state)
    return Answer(
        answer=result.final_answer,
        session=result.session_id,
        end_state=result.end_state,
        calls=result.calls,
        seconds=result.duration,
    )


@app.post("/stream")
async def stream(asked: Question, request: Request) -> StreamingResponse:
    """Every event of the run as it happens, one line of JSON each. A client that leaves stops its run."""
    rlm: RLM = request.app.state.rlm

    async def lines() -> AsyncIterator[bytes]:
        async for event in rlm.stream(asked.question, context=asked.context, session=asked.session):
            yield events.encode(event) + b"\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@app.get("/health")
async def health() -> dict[str, int]:
    """Whether the server lives."""
    return {"pid": os.getpid()}
